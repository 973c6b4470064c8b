package publish

import (
	"encoding/json"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"github.com/authcheck/authcheck/pkg/lookup"
)

// TestGolden shows each form with a value of one string and one of two.
func TestGolden(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 255)
	records := []Record{
		{Name: "s1._domainkey.example.com", Text: `v=DKIM1; n=say "${hi}" \ %{x}; p=`},
		{Name: "*._domainkey.example.com.", TTL: 300, Text: long + "\"b"},
	}
	for form, want := range map[Form]string{
		BIND: `s1._domainkey.example.com. 3600 IN TXT "v=DKIM1; n=say \"${hi}\" \\ %{x}; p="
*._domainkey.example.com. 300 IN TXT ( "LONG"
	"\"b" )
`,
		Line: `v=DKIM1; n=say "${hi}" \ %{x}; p=
LONG"b
`,
		JSON: `[
  {
    "name": "s1._domainkey.example.com",
    "type": "TXT",
    "ttl": 3600,
    "value": "v=DKIM1; n=say \"${hi}\" \\ %{x}; p="
  },
  {
    "name": "*._domainkey.example.com",
    "type": "TXT",
    "ttl": 300,
    "value": "LONG\"b"
  }
]
`,
		Route53: `{
  "Changes": [
    {
      "Action": "CREATE",
      "ResourceRecordSet": {
        "Name": "s1._domainkey.example.com.",
        "Type": "TXT",
        "TTL": 3600,
        "ResourceRecords": [
          {
            "Value": "\"v=DKIM1; n=say \\\"${hi}\\\" \\\\ %{x}; p=\""
          }
        ]
      }
    },
    {
      "Action": "CREATE",
      "ResourceRecordSet": {
        "Name": "*._domainkey.example.com.",
        "Type": "TXT",
        "TTL": 300,
        "ResourceRecords": [
          {
            "Value": "\"LONG\" \"\\\"b\""
          }
        ]
      }
    }
  ]
}
`,
		Cloudflare: `{
  "posts": [
    {
      "type": "TXT",
      "name": "s1._domainkey.example.com",
      "content": "\"v=DKIM1; n=say \\\"${hi}\\\" \\\\ %{x}; p=\"",
      "ttl": 3600
    },
    {
      "type": "TXT",
      "name": "*._domainkey.example.com",
      "content": "\"LONG\" \"\\\"b\"",
      "ttl": 300
    }
  ]
}
`,
		Terraform: `# For the provider hashicorp/aws; var.zone_id is the ID of the hosted zone.
resource "aws_route53_record" "txt_s1__domainkey_example_com" {
  zone_id = var.zone_id
  name    = "s1._domainkey.example.com"
  type    = "TXT"
  ttl     = 3600
  records = ["v=DKIM1; n=say \\\"$${hi}\\\" \\\\ %%{x}; p="]
}
resource "aws_route53_record" "txt_wildcard__domainkey_example_com" {
  zone_id = var.zone_id
  name    = "*._domainkey.example.com"
  type    = "TXT"
  ttl     = 300
  records = ["LONG\"\"\\\"b"]
}
`,
		NSUpdate: `update add s1._domainkey.example.com. 3600 TXT "v=DKIM1; n=say \"${hi}\" \\ %{x}; p="
update add *._domainkey.example.com. 300 TXT "LONG" "\"b"
send
`,
	} {
		t.Run(string(form), func(t *testing.T) {
			t.Parallel()
			got, err := Format(form, records...)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.ReplaceAll(want, "LONG", long), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// values are what forms have to keep.
func values() map[string]string {
	var all strings.Builder
	for c := range 256 {
		all.WriteByte(byte(c))
	}
	return map[string]string{
		"empty":            "",
		"key record":       "v=DKIM1; k=rsa; p=" + strings.Repeat("MIIB+/", 60) + "==",
		"quotes":           `"a" "b" ""`,
		"backslashes":      `\ \\ \" \065 \101 \n \`,
		"interpolation":    `${a} $${b} %{c} %%{d} $ { %`,
		"comments":         "a;b # c // d /* e",
		"blanks":           "  a  b  ",
		"angles":           "<a&b>",
		"255 octets":       strings.Repeat("x", 255),
		"256 octets":       strings.Repeat("x", 256),
		"escape at border": strings.Repeat("x", 254) + `"\"`,
		"510 octets":       strings.Repeat("y", 510),
		"UTF-8":            "grün\u2028日本",
		"control":          "\x00\t\r\n\x1b[0m\x7f",
		"all octets":       all.String() + all.String(),
	}
}

// TestRoundTrip reads each form back with a reader that is not of this package.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	readers := map[Form]func(*testing.T, string) string{
		BIND:       readZone,
		Line:       func(_ *testing.T, text string) string { return strings.TrimSuffix(text, "\n") },
		JSON:       readJSON,
		Route53:    readRoute53,
		Cloudflare: readCloudflare,
		Terraform:  readTerraform,
		NSUpdate:   readNSUpdate,
	}
	refused := map[Form][]string{
		Line: {"UTF-8", "control", "all octets"},
		JSON: {"all octets"},
	}
	for _, form := range Forms() {
		for name, value := range values() {
			t.Run(string(form)+" "+name, func(t *testing.T) {
				t.Parallel()
				text, err := Format(form, Record{Name: "x.example.com", Text: value})
				for _, no := range refused[form] {
					if name == no {
						if !errors.Is(err, ErrOctets) {
							t.Errorf("%v, want %v", err, ErrOctets)
						}
						return
					}
				}
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(value, readers[form](t, text)); diff != "" {
					t.Errorf("%s\n%s", diff, text)
				}
			})
		}
	}
}

// readZone reads a master file with our reader and that of miekg/dns.
func readZone(t *testing.T, text string) string {
	t.Helper()
	zone, err := lookup.ParseZone("zone", text)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := zone.Query(t.Context(), "x.example.com", lookup.TypeTXT)
	if err != nil || len(answer.Records) != 1 {
		t.Fatalf("%v, %v", answer, err)
	}
	parser := dns.NewZoneParser(strings.NewReader(text), "", "zone")
	rr, _ := parser.Next()
	if got := joined(t, rr); got != answer.Records[0].Source.Text {
		t.Errorf("two readers: %q and %q", got, answer.Records[0].Source.Text)
	}
	return answer.Records[0].Source.Text
}

// joined packs a record, which has nothing to do with text, and joins its strings.
func joined(t *testing.T, rr dns.RR) string {
	t.Helper()
	if rr == nil || rr.Header().Rrtype != dns.TypeTXT {
		t.Fatalf("no TXT record: %v", rr)
	}
	wire := make([]byte, 2*maxData)
	end, err := dns.PackRR(rr, wire, 0, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	_, start, err := dns.UnpackDomainName(wire, 0)
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for at := start + 10; at < end; at += 1 + int(wire[at]) { // type, class, TTL and length have 10 octets
		text.Write(wire[at+1 : at+1+int(wire[at])])
	}
	return text.String()
}

func readPresentation(t *testing.T, content string) string {
	t.Helper()
	rr, err := dns.NewRR("x.example.com. 60 IN TXT " + content)
	if err != nil {
		t.Fatal(err)
	}
	return joined(t, rr)
}

func readNSUpdate(t *testing.T, text string) string {
	t.Helper()
	lines := strings.SplitAfter(text, "\n")
	rest, ok := strings.CutPrefix(lines[0], "update add x.example.com. 3600 TXT ")
	if !ok || len(lines) != 3 || lines[1] != "send\n" {
		t.Fatalf("%q", lines)
	}
	return readPresentation(t, rest)
}

func readJSON(t *testing.T, text string) string {
	t.Helper()
	var list []struct{ Value string }
	if err := json.Unmarshal([]byte(text), &list); err != nil || len(list) != 1 {
		t.Fatalf("%v: %s", err, text)
	}
	return list[0].Value
}

func readCloudflare(t *testing.T, text string) string {
	t.Helper()
	var batch struct{ Posts []struct{ Content string } }
	if err := json.Unmarshal([]byte(text), &batch); err != nil || len(batch.Posts) != 1 {
		t.Fatalf("%v: %s", err, text)
	}
	return readPresentation(t, batch.Posts[0].Content)
}

func readRoute53(t *testing.T, text string) string {
	t.Helper()
	var batch struct {
		Changes []struct {
			ResourceRecordSet struct{ ResourceRecords []struct{ Value string } }
		}
	}
	if err := json.Unmarshal([]byte(text), &batch); err != nil || len(batch.Changes) != 1 {
		t.Fatalf("%v: %s", err, text)
	}
	return readOctal(t, batch.Changes[0].ResourceRecordSet.ResourceRecords[0].Value)
}

// readOctal reads strings between quotation marks as Amazon's documentation has them:
// a backslash before three octal digits, a quotation mark or a backslash.
func readOctal(t *testing.T, value string) string {
	t.Helper()
	var text strings.Builder
	quoted, length := false, 0
	for i := 0; i < len(value); i++ {
		c := value[i]
		switch {
		case c == '"':
			if quoted = !quoted; quoted {
				length = 0
			}
			continue
		case !quoted && c == ' ':
			continue
		case !quoted:
			t.Fatalf("%q outside of quotation marks in %q", c, value)
		case c == '\\' && value[i+1] >= '0' && value[i+1] <= '7':
			n, err := strconv.ParseUint(value[i+1:i+4], 8, 8)
			if err != nil {
				t.Fatal(err)
			}
			c, i = byte(n), i+3
		case c == '\\':
			c, i = value[i+1], i+1
		}
		if length++; length > 255 {
			t.Fatalf("a string of more than 255 octets in %q", value)
		}
		text.WriteByte(c)
	}
	return text.String()
}

// readTerraform reads the only record of a resource as Terraform's language has it,
// and between the quotation marks that the provider adds.
func readTerraform(t *testing.T, text string) string {
	t.Helper()
	m := regexp.MustCompile(`(?m)^  records = \["(.*)"\]$`).FindStringSubmatch(text)
	if m == nil {
		t.Fatal(text)
	}
	var value strings.Builder
	for in := m[1]; in != ""; {
		n := 1
		switch {
		case strings.HasPrefix(in, "$${"), strings.HasPrefix(in, "%%{"):
			value.WriteString(in[:1] + "{")
			n = 3
		case strings.HasPrefix(in, "${"), strings.HasPrefix(in, "%{"):
			t.Fatalf("an expression in %s", text)
		case strings.HasPrefix(in, `\\`), strings.HasPrefix(in, `\"`):
			value.WriteByte(in[1])
			n = 2
		case in[0] == '\\' || in[0] == '"':
			t.Fatalf("%q in %s", in, text)
		default:
			value.WriteByte(in[0])
		}
		in = in[n:]
	}
	return readOctal(t, `"`+value.String()+`"`)
}

func TestRefused(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		records []Record
		want    error
	}{
		{"no name", []Record{{}}, ErrName},
		{"empty label", []Record{{Name: "a..example.com"}}, ErrName},
		{"long label", []Record{{Name: strings.Repeat("a", 64) + ".example.com"}}, ErrName},
		{"long name", []Record{{Name: strings.Repeat("a.", 126) + "com"}}, ErrName},
		{"quotation mark", []Record{{Name: `a".example.com`}}, ErrName},
		{"line end", []Record{{Name: "a\nexample.com"}}, ErrName},
		{"wildcard inside", []Record{{Name: "a.*.example.com"}}, ErrName},
		{"TTL below zero", []Record{{Name: "a.example", TTL: -1}}, ErrTTL},
		{"TTL too large", []Record{{Name: "a.example", TTL: 1 << 31}}, ErrTTL},
		{"too long", []Record{{Name: "a.example", Text: strings.Repeat("a", 65280)}}, ErrLength},
		{"twice", []Record{{Name: "a.example"}, {Name: "A.example."}}, ErrDuplicate},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if text, err := Format(BIND, tt.records...); !errors.Is(err, tt.want) || text != "" {
				t.Errorf("%q, %v; want %v", text, err, tt.want)
			}
		})
	}
	if _, err := ParseForm("excel"); err == nil || !strings.Contains(err.Error(), "bind line json route53 cloudflare terraform nsupdate") {
		t.Error(err)
	}
	if form, err := ParseForm("route53"); form != Route53 || err != nil {
		t.Error(form, err)
	}
}

// FuzzFormat reads master files back, whatever the value.
func FuzzFormat(f *testing.F) {
	for _, value := range values() {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		text, err := Format(BIND, Record{Name: "x.example.com", Text: value})
		if err != nil {
			if len(value) < 65000 {
				t.Fatal(err)
			}
			return
		}
		if got := readZone(t, text); got != value {
			t.Errorf("%q, want %q", got, value)
		}
		for form, read := range map[Form]func(*testing.T, string) string{Route53: readRoute53, Terraform: readTerraform, NSUpdate: readNSUpdate} {
			text, err := Format(form, Record{Name: "x.example.com", Text: value})
			if err != nil {
				t.Fatal(err)
			}
			if got := read(t, text); got != value {
				t.Errorf("%s: %q, want %q", form, got, value)
			}
		}
	})
}
