package lookup

import "net/netip"

// special is the address space in which no host of the Internet lives (IANA
// registries of special-purpose addresses). The networks for documentation are left
// out: examples are written with them, and nobody publishes them by accident.
var special = [...]struct {
	network netip.Prefix
	name    string
}{
	{netip.MustParsePrefix("0.0.0.0/8"), "this network"},
	{netip.MustParsePrefix("10.0.0.0/8"), "private"},
	{netip.MustParsePrefix("100.64.0.0/10"), "shared address space"},
	{netip.MustParsePrefix("127.0.0.0/8"), "loopback"},
	{netip.MustParsePrefix("169.254.0.0/16"), "link-local"},
	{netip.MustParsePrefix("172.16.0.0/12"), "private"},
	{netip.MustParsePrefix("192.168.0.0/16"), "private"},
	{netip.MustParsePrefix("198.18.0.0/15"), "benchmarking"},
	{netip.MustParsePrefix("224.0.0.0/3"), "multicast or reserved"},
	{netip.MustParsePrefix("::/127"), "unspecified or loopback"},
	{netip.MustParsePrefix("fc00::/7"), "unique local"},
	{netip.MustParsePrefix("fe80::/10"), "link-local"},
	{netip.MustParsePrefix("ff00::/8"), "multicast"},
}

// SpecialPurpose says what a network is reserved for, such as "private", if all
// of it lies in address space in which no host of the Internet lives; else "".
func SpecialPurpose(network netip.Prefix) string {
	for _, s := range special {
		if s.network.Bits() <= network.Bits() && s.network.Contains(network.Addr()) {
			return s.name
		}
	}
	return ""
}
