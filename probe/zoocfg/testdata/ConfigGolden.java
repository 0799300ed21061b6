import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.util.*;
import org.apache.zookeeper.server.quorum.QuorumPeerConfig;

/**
 * Writes into config.golden what QuorumPeerConfig of one version makes of each zoo.cfg in it. See golden_test.go.
 * dataDir of the files, /var/tmp/zoocfg, must hold a myid.
 */
public class ConfigGolden {
    public static void main(String[] args) throws Exception {
        String mark = "= " + args[0] + " ";
        Path golden = Paths.get(args[1]);
        Path file = Files.createTempFile("zoo", ".cfg");
        List<String> out = new ArrayList<>();
        StringBuilder config = new StringBuilder();
        for (String line : Files.readAllLines(golden, StandardCharsets.ISO_8859_1)) {
            if (line.startsWith(mark)) {
                continue;
            }
            if (line.equals("=")) {
                Files.write(file, config.toString().getBytes(StandardCharsets.ISO_8859_1));
                out.add(mark + verdict(file.toString()));
                config.setLength(0);
            } else if (!line.startsWith("= ")) {
                config.append(line).append('\n');
            }
            out.add(line);
        }
        Files.write(golden, out, StandardCharsets.ISO_8859_1);
    }

    static String verdict(String file) throws Exception {
        try { // a static field, not reset by the parser
            QuorumPeerConfig.class.getMethod("setStandaloneEnabled", boolean.class).invoke(null, true);
        } catch (NoSuchMethodException e) {
            // 3.4
        }
        QuorumPeerConfig config = new QuorumPeerConfig();
        try {
            config.parse(file);
            return "ok";
        } catch (Exception e) {
            Throwable cause = e;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            boolean plain = cause instanceof NullPointerException || cause instanceof ArrayIndexOutOfBoundsException;
            return plain ? cause.getClass().getName() : cause.getMessage();
        }
    }
}
