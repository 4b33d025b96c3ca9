# Perl: formats, sockets, pipes and select, signals, sorting, a module in C, unpack, local in recursion.
perl -MSocket -MIO::Handle -MPOSIX=:sys_wait_h,floor -MData::Dumper -MList::Util=sum,first -MTime::HiRes=usleep -we '
$| = 1;
socketpair(my $x, my $y, AF_UNIX, SOCK_STREAM, 0) or die; $x->autoflush; $y->autoflush;
if (!(my $pid = fork)) { close $x; while (<$y>) { print $y uc } exit 5 }
else { close $y; print $x "over a socket\n"; print scalar <$x>; shutdown $x, 1; waitpid $pid, 0; print WEXITSTATUS($?), "\n" }
$SIG{ALRM} = sub { die "alarm\n" }; eval { alarm 1; select undef, undef, undef, 30 }; print $@;
local $SIG{USR1} = sub { print "signal\n" }; kill USR1 => $$;
open my $p, "-|", "sh", "-c", "echo piped; exit 3" or die; print <$p>; close $p; print $? >> 8, "\n";
print join(",", map { sprintf "%02x", $_ } unpack "C*", pack "nNv", 1, 2, 3), "\n", sum(1 .. 100), " ", floor(-1.5), "\n";
my %h = map { $_ => length } qw(pear fig banana); print join(" ", sort { $h{$a} <=> $h{$b} } keys %h), "\n";
$Data::Dumper::Indent = 0; $Data::Dumper::Sortkeys = 1; print Dumper({ a => [1, { b => undef }] }), "\n";
print "x" =~ /^(?:(\w)(?{ "code" }))+$/ ? "regex $^R\n" : "none\n"; printf "%s\n", 2**64; print "done\n"'
