package render

import (
	"github.com/authcheck/authcheck/pkg/spf"
)

// wireFlattening is a record with fewer lookups.
type wireFlattening struct {
	Domain    octets           `json:"domain"`
	Source    *octets          `json:"source,omitempty"`
	Error     octets           `json:"error,omitempty"`
	Before    int              `json:"lookups_before"`
	After     int              `json:"lookups_after,omitempty"`
	Max       int              `json:"max_lookups"`
	Records   []wireFlatRecord `json:"records,omitempty"`
	Changes   []wireFlatChange `json:"changes,omitempty"`
	Again     int              `json:"again,omitempty"`
	Proved    bool             `json:"proved,omitempty"`
	Published *wireDifference  `json:"published,omitempty"`
}

type wireFlatRecord struct {
	Name octets `json:"name"`
	Text octets `json:"text"`
}

type wireFlatChange struct {
	Term     octets `json:"term"`
	Opened   bool   `json:"opened"`
	Networks int    `json:"networks"`
	Saved    int    `json:"saved"`
	TTL      int    `json:"ttl"`
}

// wireDifference is what two records say differently.
type wireDifference struct {
	From    wireSide        `json:"from"`
	To      wireSide        `json:"to"`
	Equal   bool            `json:"equal"`
	Error   octets          `json:"error,omitempty"`
	Changes []wireChange    `json:"changes,omitempty"`
	Gone    []wireCondition `json:"conditions_gone,omitempty"`
	Added   []wireCondition `json:"conditions_added,omitempty"`
	// Addresses whose result depends on the message in another way, and those about
	// which nothing is known for one of the records.
	Otherwise *wireSet `json:"varies_otherwise,omitempty"`
	Unknown   *wireSet `json:"unknown,omitempty"`
}

type wireSide struct {
	Domain  octets  `json:"domain,omitempty"`
	Record  *octets `json:"record,omitempty"`
	Lookups int     `json:"lookups"`
}

type wireChange struct {
	Result string   `json:"result"`
	Gained *wireSet `json:"gained,omitempty"`
	Lost   *wireSet `json:"lost,omitempty"`
}

func wireFlatteningOf(f *spf.Flattening) *wireFlattening {
	if f == nil {
		return nil
	}
	w := &wireFlattening{Domain: octetsOf(f.Domain), Source: recordText(f.Source.Root.Record), Before: f.Source.Worst.Lookups,
		Max: f.Max, Published: wireDifferenceOf(f.Published)}
	if f.Err != nil {
		w.Error = octetsOf(f.Err.Error())
		return w
	}
	w.Again, w.Proved, w.After = int(f.Again().Seconds()), f.Proof.Empty(), f.Lookups
	for _, r := range f.Records {
		w.Records = append(w.Records, wireFlatRecord{octetsOf(r.Name), octetsOf(r.Text)})
	}
	for _, c := range f.Changes {
		w.Changes = append(w.Changes, wireFlatChange{octetsOf(c.Term.Text()), c.Opened, c.Networks, c.Saved, int(c.TTL.Seconds())})
	}
	return w
}

func wireDifferenceOf(d *spf.Difference) *wireDifference {
	if d == nil {
		return nil
	}
	w := &wireDifference{From: wireSideOf(d.From), To: wireSideOf(d.To), Equal: d.Empty()}
	for _, err := range []error{d.Old.Err, d.New.Err} {
		if err != nil {
			w.Error = octetsOf(err.Error())
		}
	}
	for _, c := range d.Changes {
		word := string(c.Status)
		switch c.Status {
		case "":
			word = "varies"
		case spf.TempError:
			word = "unknown"
		}
		w.Changes = append(w.Changes, wireChange{word, wireSetOf(c.Gained), wireSetOf(c.Lost)})
	}
	w.Gone, w.Added = wireConditionsOf(d.Gone), wireConditionsOf(d.Added)
	w.Otherwise, w.Unknown = wireSetOf(d.Otherwise), wireSetOf(d.Unknown())
	return w
}

func wireSideOf(f *spf.Facts) wireSide {
	return wireSide{Domain: octetsOf(f.Domain), Record: recordText(f.Root.Record), Lookups: f.Worst.Lookups}
}

func wireConditionsOf(list []spf.Condition) []wireCondition {
	var w []wireCondition
	for _, c := range list {
		w = append(w, wireCondition{octetsOf(c.Domain), octetsOf(c.Term.Text())})
	}
	return w
}
