# Erlang: ten thousand processes, messages, a node's own timers, a module compiled, a port to a program.
# root: programs
cat > ring.erl <<'E'
-module(ring).
-export([main/0]).
main() ->
    Me = self(),
    [spawn(fun() -> receive after X rem 50 -> Me ! X end end) || X <- lists:seq(1, 10000)],
    io:format("sum ~p~n", [lists:sum([receive X -> X end || _ <- lists:seq(1, 10000)])]),
    {_, Ref} = spawn_monitor(fun() -> exit(why) end),
    receive {'DOWN', Ref, process, _, Reason} -> io:format("down ~p~n", [Reason]) end,
    Port = open_port({spawn, "cat"}, [binary]),
    Port ! {Me, {command, <<"through cat">>}},
    receive {Port, {data, Data}} -> io:format("~s~n", [Data]) end,
    io:format("~s~n", [hd(string:split(erlang:system_info(system_architecture), "-"))]),
    ok.
E
erlc ring.erl && erl -noshell -eval 'ring:main(), halt().'
