# fish completion for zkdoctor. To use it:
#   zkdoctor completion fish | source
# or write it to ~/.config/fish/completions/zkdoctor.fish.

function __zkdoctor_next
    set -l words (commandline -opc) (commandline -ct)
    set -l typed $words[-1]
    for line in ($words[1] __complete -- $words[2..-1] 2>/dev/null)
        switch $line
            case :file :dir
                set -l prefix (string match -r -- '^--[^=]*=' $typed)
                set -l name (string replace -r -- '^--[^=]*=' '' $typed)
                if test $line = :dir
                    __fish_complete_directories $name '' | string replace -r -- '^' "$prefix"
                else
                    __fish_complete_path $name | string replace -r -- '^' "$prefix"
                end
            case '*'
                echo $line
        end
    end
end
complete -c zkdoctor -f -a '(__zkdoctor_next)'
