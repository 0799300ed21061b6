#compdef zkdoctor
# zsh completion for zkdoctor. To use it:
#   source <(zkdoctor completion zsh)
# or write it to a directory of $fpath, as _zkdoctor.

_zkdoctor() {
	local line word help
	local -a words_only described
	for line in "${(@f)$("$words[1]" __complete -- "${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
		case $line in
		'') ;;
		:file | :dir)
			# The value of --flag=value is a name by itself.
			[[ $PREFIX != --*=* ]] || compset -P '*='
			if [[ $line == :dir ]]; then _files -/; else _files; fi
			;;
		*)
			word=${line%%$'\t'*} help=${line#*$'\t'}
			words_only+=("$word")
			described+=("$word${help:+  -- $help}")
			;;
		esac
	done
	(( ! $#words_only )) || compadd -Q -l -d described -a words_only
}

# Read by fpath the file is the function; by source it only makes it known.
if [[ $funcstack[1] == _zkdoctor ]]; then
	_zkdoctor "$@"
else
	(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
	compdef _zkdoctor zkdoctor
fi
