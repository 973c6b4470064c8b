package main

import (
	"context"
	"fmt"
	"net/netip"
	"strings"

	"github.com/authcheck/authcheck/pkg/check"
	"github.com/authcheck/authcheck/pkg/report"
)

// runHost looks at hosts; words is the command line that asks the same.
func (a *app) runHost(ctx context.Context, q check.HostRequest, words ...string) error {
	q.At = a.now()
	return a.look(ctx, words, func(ctx context.Context, s *source, o check.Options) *report.Report {
		return check.Host(ctx, s, q, o)
	})
}

// hostUsage describes the flag --host.
const hostUsage = "`NAME` of a host that must have an address; below the domain if it has no dot (repeatable)"

// repeated returns a flag with each of its values.
func repeated(flag string, values []string) []string {
	var words []string
	for _, value := range values {
		words = append(words, flag, value)
	}
	return words
}

// addrsFlag is a flag that takes IP addresses, one at a time or with commas between
// them.
type addrsFlag struct{ addrs *[]netip.Addr }

func (f addrsFlag) String() string {
	if f.addrs == nil {
		return ""
	}
	words := make([]string, len(*f.addrs))
	for i, addr := range *f.addrs {
		words[i] = addr.String()
	}
	return strings.Join(words, ",")
}

func (f addrsFlag) Set(text string) error {
	for word := range strings.SplitSeq(text, ",") {
		addr, err := netip.ParseAddr(strings.TrimSpace(word))
		if err != nil || addr.Zone() != "" {
			return fmt.Errorf("%q is not an IP address", word)
		}
		*f.addrs = append(*f.addrs, addr)
	}
	return nil
}

func (f addrsFlag) Type() string { return "address" }
