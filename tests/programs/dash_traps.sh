# dash: traps, background jobs, here-documents, pipes, arithmetic.
dash -c 'trap "echo got TERM" TERM; kill -TERM $$; (sleep 0.1; exit 6) & wait $!; echo status $?
x=$((7 * 6)); cat <<END
x is $x
END
printf "%s\n" c a b | sort | tr -d "\n"; echo; set -- one two; shift; echo $1 $#'
