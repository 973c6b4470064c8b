# Verifies messages with Mail::DKIM. Input and output are those of verify.py. Releases
# before June of 2023 know no Ed25519: the verdict is then "unable".
use strict;
use warnings;
use JSON::PP;
use Mail::DKIM::DNS;
use Mail::DKIM::Verifier;
use Net::DNS;

package Keys {
	sub new { my ($class, $keys) = @_; return bless {keys => $keys}, $class }
	sub errorstring { return 'SERVFAIL' }

	sub send {
		my ($self, $name, $type) = @_;
		my $texts = exists $self->{keys}{lc $name} ? $self->{keys}{lc $name} : [];
		return if !defined $texts; # nobody answers
		my $answer = Net::DNS::Packet->new($name, $type);
		$answer->header->rcode(@$texts ? 'NOERROR' : 'NXDOMAIN');
		# One string is 255 octets at most.
		$answer->push(answer => Net::DNS::RR->new(owner => $name, type => 'TXT', txtdata => [unpack '(a255)*', $_])) for @$texts;
		return $answer;
	}
}

my %verdicts = (pass => 'pass', temperror => 'tempfail');
my $ed25519 = eval { require Mail::DKIM::Algorithm::ed25519_sha256 };

sub verdict {
	my ($signature) = @_;
	return 'unable' if !$ed25519 && ($signature->algorithm // '') eq 'ed25519-sha256';
	return $verdicts{$signature->result} // 'permfail';
}

my $job = decode_json(do { local $/; <STDIN> });
Mail::DKIM::DNS::resolver(Keys->new($job->{keys}));
for my $path (@{$job->{files}}) {
	open my $in, '<:raw', $path or die "$path: $!";
	my $message = do { local $/; <$in> };
	$message =~ s/\r?\n/\r\n/g;
	my $verifier = Mail::DKIM::Verifier->new(Strict => 1); # RFC 8301
	$verifier->PRINT($message);
	$verifier->CLOSE;
	# The older DomainKeys are another thing.
	my @signatures = grep { !$_->isa('Mail::DKIM::DkSignature') } $verifier->signatures;
	print encode_json([map { verdict($_) } @signatures]), "\n";
}
