package check

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authcheck/authcheck/pkg/lint"
	"github.com/authcheck/authcheck/pkg/lookup"
)

// TestZonesPrograms states when it is told that mail programs do not find their servers.
func TestZonesPrograms(t *testing.T) {
	t.Parallel()
	const mail = zoneStart + "@ MX 10 mail\nmail A 192.0.2.1\n@ TXT \"v=spf1 mx -all\"\n"
	for _, tt := range []struct {
		name, zone string
		want       bool
	}{
		{"nothing", mail, true},
		{"mail hosts of a provider", zoneStart + "@ MX 10 mx.provider.example.\n@ TXT \"v=spf1 mx -all\"\n", false},
		{"submission", mail + "_submission._tcp SRV 0 1 587 mail\n", false},
		{"reading", mail + "_imaps._tcp SRV 0 1 993 mail\n", false},
		{"a service that is not offered is an answer, too", mail + "_pop3._tcp SRV 0 0 0 .\n", false},
		{"a host with settings", mail + "autoconfig A 192.0.2.1\n", false},
		{"a host with settings elsewhere", mail + "autodiscover CNAME autodiscover.example.net.\n", false},
		{"every name is a host", mail + "* AAAA 2001:db8::1\n", false},
		{"names below have the servers of the domain", mail + "_imaps._tcp SRV 0 1 993 mail\nnews MX 10 mail\n", false},
		{"services elsewhere", mail + "_tcp NS ns.example.net.\nautoconfig NS ns.example.net.\n", false},
		{"no mail", zoneStart + "@ MX 0 .\n@ A 192.0.2.1\n", false},
		{"no MX", zoneStart + "@ A 192.0.2.1\n", false},
		{"a file that may not be all", "example.com. MX 10 mail.example.com.\n", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := slices.ContainsFunc(judged(t, Options{}, &lookup.File{Name: "a", Text: tt.zone})[0].Findings, func(f lint.Finding) bool { return f.RuleID == autoconfigMissing.ID })
			if got != tt.want {
				t.Errorf("%v", got)
			}
		})
	}
}

// TestZonesHosts states which names with addresses are told to lack an SPF record.
func TestZonesHosts(t *testing.T) {
	t.Parallel()
	const (
		mail     = zoneStart + "@ MX 10 mail\n@ TXT \"v=spf1 mx -all\"\nmail A 192.0.2.1\nmail AAAA 2001:db8::1\n"
		host     = "spf-host-without-record TXT mail.example.com: mail.example.com is a mail host and has no SPF record"
		spf      = " TXT \"v=spf1 a -all\"\n"
		reject   = "_dmarc TXT \"v=DMARC1; p=reject\"\n"
		open     = ": no SPF record, and no DMARC policy that is applied"
		wwwAlone = "spf-subdomain-unprotected TXT www.example.com: www.example.com" + open
	)
	for _, tt := range []struct {
		name  string
		files []string
		want  []string
	}{
		{"mail host", []string{mail}, []string{host}},
		{"mail host with a record", []string{mail + "mail" + spf}, nil},
		{"mail host with other texts, and a policy", []string{mail + "mail TXT \"x\"\n" + reject}, []string{host}},
		{"mail host of two domains", []string{mail + "news MX 10 mail\nnews" + spf}, []string{host}},
		{"mail host of another zone", []string{mail + "mail" + spf, "$ORIGIN example.net.\n@ SOA ns h 1 2 3 4 5\n@ MX 10 www.example.com.\n@" + spf, "$ORIGIN www.example.com.\n@ A 192.0.2.1\n"},
			[]string{"spf-host-without-record TXT www.example.com: www.example.com is a mail host and has no SPF record"}},
		{"mail host that is a domain", []string{zoneStart + "@ MX 10 @\n@ A 192.0.2.1\n"}, nil},
		{"mail host elsewhere", []string{zoneStart + "@ MX 10 mail.example.net.\n@ TXT \"v=spf1 mx -all\"\n"}, nil},
		{"mail host in a file that may not be all", []string{"example.com. MX 10 mail.example.com.\nmail.example.com. A 192.0.2.1\n"}, nil},
		{"another host", []string{mail + "mail" + spf + "www A 192.0.2.2\n"}, []string{wwwAlone}},
		{"another host, with a policy", []string{mail + "mail" + spf + "www A 192.0.2.2\n" + reject}, nil},
		{"a policy for the domain alone", []string{mail + "mail" + spf + "www A 192.0.2.2\n_dmarc TXT \"v=DMARC1; p=reject; sp=none\"\n"}, []string{wwwAlone}},
		{"a policy that is tested", []string{mail + "mail" + spf + "www A 192.0.2.2\n_dmarc TXT \"v=DMARC1; p=quarantine; t=y\"\n"}, []string{wwwAlone}},
		{"a policy that nobody knows", []string{mail + "mail" + spf + "www A 192.0.2.2\n;! TIMEOUT _dmarc.example.com. TXT\n"}, nil},
		{"a policy of its own", []string{mail + "mail" + spf + "www A 192.0.2.2\n_dmarc.www TXT \"v=DMARC1; p=none\"\n"}, nil},
		{"hosts with records, aliases, services, wildcards", []string{mail + "mail" + spf + "a A 192.0.2.2\na" + spf + "b CNAME a\n_c.d A 192.0.2.2\n* A 192.0.2.2\n"}, nil},
		{"many hosts", []string{mail + "mail" + spf + "$GENERATE 1-6 h$ A 192.0.2.$\n"},
			[]string{"spf-subdomain-unprotected TXT h1.example.com: h1.example.com, h2.example.com, h3.example.com, h4.example.com and 2 more names" + open}},
		{"below another domain", []string{mail + "mail" + spf + reject + "news MX 10 mail\nnews" + spf + "www.news A 192.0.2.2\n_dmarc.news TXT \"v=DMARC1; p=none; psd=n\"\n"},
			[]string{"spf-subdomain-unprotected TXT www.news.example.com: www.news.example.com" + open}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var files []*lookup.File
			for i, text := range tt.files {
				files = append(files, &lookup.File{Name: string(rune('a' + i)), Text: text})
			}
			var got []string
			for _, r := range judged(t, Options{}, files...) {
				for _, f := range r.Findings {
					if strings.HasPrefix(f.RuleID, "spf-host-") || f.RuleID == "spf-subdomain-unprotected" {
						got = append(got, f.RuleID+" "+f.Subject()+": "+f.Message)
					}
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("findings (-want +got)\n%s", diff)
			}
		})
	}
}

// TestZonesOnce wants a large answer told once, whichever names are judged, and a
// wildcard told of the name that it is right below (RFC 4592, Section 2.1.1).
func TestZonesOnce(t *testing.T) {
	t.Parallel()
	const fragment = "@ TXT \"v=spf1 include:_spf.example.com -all\"\n_spf TXT "
	long := `"v=spf1` + strings.Repeat(" ip4:192.0.2.1", 17) + `" "` + strings.Repeat(" ip4:192.0.2.1", 17) + " -all\"\n"
	for _, tt := range []struct{ name, zone, want string }{
		{"a record and its part", zoneStart + "@ MX 0 .\n" + fragment + long, "spf-record-over-450 TXT _spf.example.com"},
		{"keys of every selector", zoneStart + "@ MX 0 .\n@ TXT \"v=spf1 mx -all\"\n*._domainkey TXT \"v=DKIM1; k=ed25519; p=GcE2Pn2tsIGV9uFE3PyXH70QMuF4zmN5J4qOvyukSZ4=\"\n",
			"dns-wildcard-txt TXT *._domainkey.example.com: the text stands at every name below _domainkey.example.com that has no records"},
		{"texts of every name", zoneStart + "@ MX 0 .\n@ TXT \"v=spf1 mx -all\"\n* TXT \"verification=1\"\n",
			"dns-wildcard-txt TXT *.example.com: the text stands at every name below example.com that has no records"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, f := range judged(t, Options{}, &lookup.File{Name: "a", Text: tt.zone})[0].Findings {
				switch f.RuleID {
				case "spf-record-over-450", "dns-response-over-512":
					got = append(got, f.RuleID+" "+f.Subject())
				case wildcardText.ID:
					got = append(got, f.RuleID+" "+f.Subject()+": "+f.Message)
				}
			}
			if !slices.Equal(got, []string{tt.want}) {
				t.Errorf("%q", got)
			}
		})
	}
}
