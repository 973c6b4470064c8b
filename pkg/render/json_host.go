package render

import (
	"github.com/authcheck/authcheck/pkg/lookup"
	"github.com/authcheck/authcheck/pkg/mailhost"
)

// wireHosts is what is known of a domain's hosts.
type wireHosts struct {
	A     *wireAddresses   `json:"a,omitempty"`
	Hosts []*wireAddresses `json:"hosts,omitempty"`
	MX    *wireMX          `json:"mx,omitempty"`
	PTR   *wirePTR         `json:"ptr,omitempty"`
}

// wireAddresses is a name with its addresses.
type wireAddresses struct {
	Name      octets   `json:"name"`
	Aliases   []octets `json:"aliases,omitempty"`
	Addresses []string `json:"addresses,omitzero"`
	Error     octets   `json:"error,omitempty"`
}

type wireMX struct {
	Domain   octets         `json:"domain"`
	Kind     string         `json:"kind"`
	Error    octets         `json:"error,omitempty"`
	Records  []wireExchange `json:"records"`
	Implicit *wireAddresses `json:"implicit,omitempty"`
}

type wireExchange struct {
	Preference uint16         `json:"preference"`
	Host       *wireAddresses `json:"host,omitempty"`
}

type wirePTR struct {
	Addresses []wireReverse `json:"addresses"`
}

type wireReverse struct {
	IP     string          `json:"ip"`
	Query  string          `json:"query"`
	Result mailhost.Status `json:"result"`
	Sender bool            `json:"sender"`
	Error  octets          `json:"error,omitempty"`
	Names  []wireName      `json:"names"`
}

type wireName struct {
	*wireAddresses
	Confirmed bool `json:"confirmed"`
}

// wireHELOHost is what looking at the name itself gave.
type wireHELOHost struct {
	Client  string         `json:"client,omitempty"`
	Literal string         `json:"literal,omitempty"`
	Invalid octets         `json:"invalid,omitempty"`
	Host    *wireAddresses `json:"host,omitempty"`
}

func wireHostsOf(f *mailhost.Facts) wireHosts {
	var w wireHosts
	if f.Judges(mailhost.Addresses) {
		w.A = wireAddressesOf(f.Self)
	}
	for _, h := range f.Hosts {
		w.Hosts = append(w.Hosts, wireAddressesOf(h))
	}
	if f.Judges(mailhost.Exchanges|mailhost.Reverses) && f.MX != nil {
		w.MX = wireMXOf(f)
	}
	if len(f.Reverses) > 0 || f.Judges(mailhost.Reverses) {
		w.PTR = &wirePTR{Addresses: []wireReverse{}}
	}
	for _, v := range f.Reverses {
		w.PTR.Addresses = append(w.PTR.Addresses, wireReverseOf(v))
	}
	return w
}

func wireAddressesOf(h *mailhost.Host) *wireAddresses {
	w := &wireAddresses{Name: octetsOf(h.Name)}
	if !h.Asked() {
		return w
	}
	if err := h.Err(); err != nil {
		w.Error = octetsOf(err.Error())
	}
	for _, name := range h.Chain() {
		w.Aliases = append(w.Aliases, octetsOf(name))
	}
	w.Addresses = []string{}
	for _, addr := range h.Addresses() {
		w.Addresses = append(w.Addresses, addr.String())
	}
	return w
}

func wireMXOf(f *mailhost.Facts) *wireMX {
	w := &wireMX{Domain: octetsOf(f.Domain), Kind: "explicit", Records: []wireExchange{}}
	switch {
	case f.MX.Err != nil:
		w.Kind, w.Error = "unknown", octetsOf(f.MX.Err.Error())
	case f.NullMX():
		w.Kind = "null"
	case f.Implicit():
		w.Kind, w.Implicit = "implicit", wireAddressesOf(f.Self)
	case len(f.Exchanges) == 0:
		w.Kind = "none"
	}
	for _, x := range f.Exchanges {
		exchange := wireExchange{Preference: x.Record.Preference}
		if !x.Null() {
			exchange.Host = wireAddressesOf(x.Host)
		}
		w.Records = append(w.Records, exchange)
	}
	return w
}

func wireReverseOf(v *mailhost.Reverse) wireReverse {
	w := wireReverse{IP: v.Addr.String(), Query: lookup.Reverse(v.Addr), Result: v.Status(), Sender: v.Sender, Names: []wireName{}}
	if v.PTR != nil && v.PTR.Err != nil {
		w.Error = octetsOf(v.PTR.Err.Error())
	}
	for _, h := range v.Names {
		w.Names = append(w.Names, wireName{wireAddressesOf(h), h.Has(v.Addr)})
	}
	return w
}

func wireHELOOf(f *mailhost.Facts) *wireHELO {
	h := f.HELO
	if h == nil {
		return nil
	}
	w := &wireHELOHost{}
	if h.Client.IsValid() {
		w.Client = h.Client.String()
	}
	if h.Literal.IsValid() {
		w.Literal = h.Literal.String()
	}
	if h.Err != nil {
		w.Invalid = octetsOf(h.Err.Error())
	}
	if h.Host != nil {
		w.Host = wireAddressesOf(h.Host)
	}
	return &wireHELO{Name: octetsOf(h.Source.Text), wireHELOHost: w}
}
