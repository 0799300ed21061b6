package zoocfg

// keyTable has a line for each key of zoo.cfg that a release from 3.4.0 to 3.9.5 reads:
// its name, the releases, as Concerns reads them ("-" for all), and how its value is read
// where nothing else here judges that. Found in the sources of each release:
// QuorumPeerConfig, PrometheusMetricsProvider, and every system property that begins with
// "zookeeper." and is asked for by the server or the Java client.
const keyTable = `
4lw.commands.whitelist 3.4.10-3.4.14,3.5.3+
admin.commandURL 3.5+
admin.enableServer 3.5+
admin.forceHttps 3.6.3-3.6.4,3.7.1+
admin.httpVersion 3.6+ number
admin.idleTimeout 3.5.3+ number
admin.needClientAuth 3.9+ flag
admin.portUnification 3.6+
admin.rateLimiterIntervalInMS 3.9+
admin.restore.enabled 3.9+ flag
admin.serverAddress 3.5.1+
admin.serverPort 3.5+
admin.snapshot.enabled 3.9+ flag
allowSaslFailedClients - flag
audit.enable 3.6+ flag
audit.impl.class 3.6+
autopurge.purgeInterval -
autopurge.snapRetainCount -
bitHashCacheSize 3.6+ number
client.certReload 3.7.2,3.8.5+ flag
client.portUnification 3.5.7+
client.secure 3.5.1+
clientCnxnSocket -
clientPort -
clientPortAddress -
clientPortListenBacklog 3.6+
clientTcpKeepAlive 3.7+ flag
closeSessionTxn.enabled 3.6+ flag
cnxTimeout -
commitLogCount 3.6+ logged
commitProcessor.maxCommitBatchSize 3.6+ number
commitProcessor.maxReadBatchSize 3.6+ number
commitProcessor.numWorkerThreads 3.5+ number
commitProcessor.shutdownTimeout 3.5+ long
connection_throttle_decrease_ratio 3.6+
connection_throttle_drop_decrease 3.6+
connection_throttle_drop_increase 3.6+
connection_throttle_fill_count 3.6+ number
connection_throttle_fill_time 3.6+ number
connection_throttle_freeze_time 3.6+ number
connection_throttle_global_session_weight 3.6+ number
connection_throttle_local_session_weight 3.6+ number
connection_throttle_renew_session_weight 3.6+ number
connection_throttle_tokens 3.6+ number
connection_throttle_weight_enabled 3.6+ flag
connectToLearnerMasterLimit 3.6+
dataDir -
datadir.autocreate 3.5+ flag
dataLogDir -
db.autocreate 3.6+ flag
digest.enabled 3.6+ flag
DigestAuthenticationProvider.digestAlg 3.7+
DigestAuthenticationProvider.enabled 3.7+ flag
DigestAuthenticationProvider.superDigest -
disableAutoWatchReset -
dynamicConfigFile 3.5+
electionAlg -
electionPortBindRetry 3.5.6+ number
emulate353TTLNodes 3.5.4+ flag
enableEagerACLCheck 3.6+ flag
enforce.auth.enabled 3.7+ flag
enforce.auth.schemes 3.7+
enforceQuota 3.7+ flag
ensembleAuthName 3.6+
extendedTypesEnabled 3.5.4+ flag
fastleader.maxNotificationInterval 3.6+ number
fastleader.minNotificationInterval 3.6+ number
fips-mode 3.8.2+ flag
flushDelay 3.6+ long
follower.skipLearnerRequestToNextProcessor 3.7+ flag
forceSnapshotSync 3.5+ flag
forceSync -
forward_learner_requests_to_commit_processor_disabled 3.7+ flag
fsync.warningthresholdms 3.4.9-3.4.14,3.5.2+
globalOutstandingLimit - number
initLimit -
intBufferStartingSizeBytes 3.6+ number
IPAuthenticationProvider.usexforwardedfor 3.9.3+ flag
ipReachableTimeout 3.4.11-3.4.14
jmx.log4j.disable - flag
jmx.log4j.mbean 3.5.5+
jute.maxbuffer.extrasize 3.5.7+ number
jvm.pause.info-threshold.ms 3.5.10+
jvm.pause.monitor 3.5.10+
jvm.pause.sleep.time.ms 3.5.10+
jvm.pause.warn-threshold.ms 3.5.10+
kerberos.canonicalizeHostNames 3.7+ flag
kerberos.minReLoginTimeMs 3.5.10,3.6.4,3.7.1+ long
kerberos.removeHostFromPrincipal -
kerberos.removeRealmFromPrincipal -
kinit -
largeRequestMaxBytes 3.6+ number
largeRequestThreshold 3.6+ number
leader.ackLoggingFrequency 3.6+ number
leader.closeSocketAsync 3.7.1+ flag
leader.maxConcurrentDiffSyncs 3.6+ number
leader.maxConcurrentSnapshots 3.5 number
leader.maxConcurrentSnapshotTimeout 3.5 long
leader.maxConcurrentSnapSyncs 3.6+ number
leader.maxTimeToWaitForEpoch 3.6+ number
leaderConnectDelayDuringRetryMs 3.6+ number
leaderServes -
learner.asyncSending 3.6.3-3.6.4,3.7.1+ flag
learner.closeSocketAsync 3.7.1+ flag
letAnySaslUserDoX 3.5+
localSessionsEnabled 3.5+
localSessionsUpgradingEnabled 3.5+
maxBatchSize 3.6+ number
maxClientCnxns -
maxCnxns 3.6+ number
maxGetChildrenResponseCacheSize 3.6+ number
maxInProcessingDeadWatchers 3.6+ number
maxResponseCacheSize 3.6+ number
maxSessionTimeout -
maxWriteQueuePollTime 3.6+ long
messageTracker.BufferSize 3.6+ number
messageTracker.Enabled 3.6+ flag
metricsProvider.className 3.6+
metricsProvider.exportJvmInfo 3.6+
metricsProvider.httpHost 3.8+
metricsProvider.httpPort 3.6+
metricsProvider.maxQueueSize 3.8+
metricsProvider.numWorkerThreads 3.8+
metricsProvider.workerShutdownTimeoutMs 3.8+
minSessionTimeout -
multiAddress.enabled 3.6+
multiAddress.reachabilityCheckEnabled 3.6+ flag
multiAddress.reachabilityCheckTimeoutMs 3.6+
netty.advancedFlowControl.enabled 3.6+ flag
netty.server.earlyDropSecureConnectionHandshakes 3.7.1+ flag
netty.server.outstandingHandshake.limit 3.6+ number
nio.directBufferBytes 3.5+ number
nio.numSelectorThreads 3.5+ number
nio.numWorkerThreads 3.5+ number
nio.sessionlessCnxnTimeout 3.5+ number
nio.shutdownTimeout 3.5+ long
observer.election.DelayMs 3.6+ long
observer.reconnectDelayMs 3.6+ long
observer.syncEnabled 3.4.6+ flag
observerMaster.sizeLimit 3.6+ number
observerMasterPort 3.6+
oraclePath 3.8+
pathStats.delay 3.6+ long
pathStats.enabled 3.6+ flag
pathStats.initialDelay 3.6+ long
pathStats.maxDepth 3.6+ number
pathStats.sampleRate 3.6+
pathStats.slotCapacity 3.6+ number
pathStats.slotDuration 3.6+ number
pathStats.topPathMax 3.6+ number
peerType -
portUnification 3.5.5+
preAllocSize - logged
quorum.auth.enableSasl 3.4.10-3.4.14,3.5.4+
quorum.auth.kerberos.servicePrincipal 3.4.10-3.4.14,3.5.4+
quorum.auth.learner.saslLoginContext 3.4.10-3.4.14,3.5.4+
quorum.auth.learnerRequireSasl 3.4.10-3.4.14,3.5.4+
quorum.auth.server.saslLoginContext 3.4.10-3.4.14,3.5.4+
quorum.auth.serverRequireSasl 3.4.10-3.4.14,3.5.4+
quorum.cnxn.threads.size 3.4.10-3.4.14,3.5.4+
quorumCnxnTimeoutMs 3.6+ number
quorumListenOnAllIPs 3.4.6+
reconfigEnabled 3.5.3+
request.timeout 3.5.5+
request_stale_connection_check 3.6+ flag
request_stale_latency_check 3.6+ flag
request_throttle_drop_stale 3.6+ flag
request_throttle_max_requests 3.6+ number
request_throttle_stall_time 3.6+ number
request_throttler.shutdownTimeout 3.6+ number
requireKerberosConfig -
sasl.client 3.4.6+
sasl.client.canonicalize.hostname 3.4.14,3.5.5+
sasl.client.username 3.4.6+
sasl.clientconfig 3.4.3+
sasl.serverconfig 3.4.4+
SASLAuthenticationProvider.superPassword -
secureClientPort 3.5.1+
secureClientPortAddress 3.5.1+
security.auth_to_local -
serializeLastProcessedZxid.enabled 3.9+ flag
serverCnxnFactory -
sessionRequireClientSASLAuth 3.5.9+ flag
skipACL -
snapCount - number
snapshot.compression.method 3.6+
snapshot.trust.empty 3.5.6+ flag
snapshotSizeFactor 3.5+
snapSizeLimitInKb 3.6+ long
ssl.allowReverseDnsLookup 3.8.6-3.8.7,3.9.5+ flag
ssl.authProvider 3.5.1+
ssl.ciphersuites 3.5.5+
ssl.clientAuth 3.5.5+
ssl.clientHostnameVerification 3.9.4+ flag
ssl.context.supplier.class 3.6+
ssl.crl 3.5.5+ flag
ssl.enabledProtocols 3.5.5+
ssl.handshakeDetectionTimeoutMillis 3.5.5+
ssl.hostnameVerification 3.5.5+ flag
ssl.keyStore.location 3.5.1+
ssl.keyStore.password 3.5.1+
ssl.keyStore.passwordPath 3.8+
ssl.keyStore.type 3.5.5+
ssl.ocsp 3.5.5+ flag
ssl.protocol 3.5.5+
ssl.quorum.allowReverseDnsLookup 3.8.6-3.8.7,3.9.5+ flag
ssl.quorum.ciphersuites 3.5.5+
ssl.quorum.clientAuth 3.5.5+
ssl.quorum.clientHostnameVerification 3.9.4+ flag
ssl.quorum.context.supplier.class 3.6+
ssl.quorum.crl 3.5.5+ flag
ssl.quorum.enabledProtocols 3.5.5+
ssl.quorum.handshakeDetectionTimeoutMillis 3.5.5+
ssl.quorum.hostnameVerification 3.5.5+ flag
ssl.quorum.keyStore.location 3.5.5+
ssl.quorum.keyStore.password 3.5.5+
ssl.quorum.keyStore.passwordPath 3.8+
ssl.quorum.keyStore.type 3.5.5+
ssl.quorum.ocsp 3.5.5+ flag
ssl.quorum.protocol 3.5.5+
ssl.quorum.trustStore.location 3.5.5+
ssl.quorum.trustStore.password 3.5.5+
ssl.quorum.trustStore.passwordPath 3.8+
ssl.quorum.trustStore.type 3.5.5+
ssl.sslProvider 3.9+
ssl.trustStore.location 3.5.1+
ssl.trustStore.password 3.5.1+
ssl.trustStore.passwordPath 3.8+
ssl.trustStore.type 3.5.5+
sslQuorum 3.5.5+
sslQuorumReloadCertFiles 3.5.5+
standaloneEnabled 3.5+
superUser -
syncEnabled 3.6+
syncLimit -
tcpKeepAlive 3.4.11-3.4.14,3.5.4+ flag
throttled_op_wait_time 3.7+ number
tickTime -
txnLogSizeLimitInKb 3.6+ long
watcherCleanIntervalInSeconds 3.6+ number
watcherCleanThreadsNum 3.6+ number
watcherCleanThreshold 3.6+ number
watchManagerName 3.6+
X509AuthenticationProvider.superUser 3.5.1+
`

// aliasTable has the names by which keys are called that no release reads, and the key that
// is meant: headings of zookeeperAdmin.md above another system property, and words of guides.
const aliasTable = `
connectionMaxTokens connection_throttle_tokens
connectionTokenFillTime connection_throttle_fill_time
connectionTokenFillCount connection_throttle_fill_count
connectionFreezeTime connection_throttle_freeze_time
connectionDropIncrease connection_throttle_drop_increase
connectionDropDecrease connection_throttle_drop_decrease
connectionDecreaseRatio connection_throttle_decrease_ratio
requestThrottleLimit request_throttle_max_requests
advancedFlowControlEnabled netty.advancedFlowControl.enabled
ssl.quorum sslQuorum
ssl.quorum.enable sslQuorum
ssl.quorum.enabled sslQuorum
quorum.ssl sslQuorum
quorum.ssl.enabled sslQuorum
ssl.quorum.portUnification portUnification
ssl.portUnification client.portUnification
ssl.clientPort secureClientPort
ssl.quorum.reloadCertFiles sslQuorumReloadCertFiles
ssl.client.auth ssl.clientAuth
ssl.keyStore.path ssl.keyStore.location
ssl.trustStore.path ssl.trustStore.location
ssl.quorum.keyStore.path ssl.quorum.keyStore.location
ssl.quorum.trustStore.path ssl.quorum.trustStore.location
maxClientConnections maxClientCnxns
maxConnections maxCnxns
maxConns maxCnxns
minSessionTimeoutMs minSessionTimeout
maxSessionTimeoutMs maxSessionTimeout
dataDirectory dataDir
dataLogDirectory dataLogDir
logDir dataLogDir
dataPath dataDir
snapshotCount snapCount
snapRetainCount autopurge.snapRetainCount
autopurge.retainCount autopurge.snapRetainCount
autopurge.interval autopurge.purgeInterval
autopurge.purge.interval autopurge.purgeInterval
4lw.whitelist 4lw.commands.whitelist
4lw.commands.whiteList 4lw.commands.whitelist
4lw.commands.allowlist 4lw.commands.whitelist
fourLetterWord.commands.whitelist 4lw.commands.whitelist
admin.port admin.serverPort
admin.address admin.serverAddress
admin.enable admin.enableServer
admin.enabled admin.enableServer
admin.server.enabled admin.enableServer
metricsProvider.class metricsProvider.className
metricsProvider.port metricsProvider.httpPort
metricsProvider.host metricsProvider.httpHost
superDigest DigestAuthenticationProvider.superDigest
digest.superDigest DigestAuthenticationProvider.superDigest
standalone standaloneEnabled
reconfig reconfigEnabled
reconfiguration.enabled reconfigEnabled
listenOnAllIPs quorumListenOnAllIPs
enableSasl quorum.auth.enableSasl
quorum.sasl.enable quorum.auth.enableSasl
ttlNodes.enabled extendedTypesEnabled
`
