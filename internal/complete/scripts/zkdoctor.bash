# bash completion for zkdoctor. To use it:
#   source <(zkdoctor completion bash)
# or write it to /usr/share/bash-completion/completions/zkdoctor.

_zkdoctor() {
	# bash takes --flag=value and host:port apart; they are one word to zkdoctor.
	local words=() word i glue=
	for ((i = 1; i <= COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if [[ -n $glue || $i -gt 1 && $word == [=:]* ]] && ((${#words[@]})); then
			words[${#words[@]} - 1]+=$word
		else
			words+=("$word")
		fi
		glue=
		[[ $word != [=:] ]] || glue=1
	done
	local typed=${words[${#words[@]} - 1]} current=${COMP_WORDS[COMP_CWORD]}
	[[ $current != [=:] ]] || current=
	# What bash replaces is only its own last word: what stands before it is cut off.
	local before=${typed%"$current"}
	COMPREPLY=()
	local line
	while IFS= read -r line; do
		case $line in
		:file) mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$current") && compopt -o filenames 2>/dev/null ;;
		:dir) mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -d -- "$current") && compopt -o filenames 2>/dev/null ;;
		*) line=${line%%$'\t'*} && COMPREPLY+=("${line#"$before"}") ;;
		esac
	done < <("${COMP_WORDS[0]}" __complete -- "${words[@]}" 2>/dev/null)
}
complete -F _zkdoctor zkdoctor
