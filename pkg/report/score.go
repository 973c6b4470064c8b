package report

import "fmt"

// Points are tenths of a point: 85 is 8.5 of 10.
type Points int

// MaxPoints is the best score.
const MaxPoints Points = 100

// String returns the points as people write them, such as 8.5.
func (p Points) String() string { return fmt.Sprintf("%d.%d", p/10, p%10) }

// Score says how ready a domain, or a domain and a message of it, is for the mail
// world, and what would make it readier.
type Score struct {
	Refused      string // why there is no number; empty: there is one. The rest is empty then
	Profile      string // by which the score is made, such as "mail"
	Value        Points
	Band         string // the number in a word
	Warning      string // what is to be known before the number is trusted; mostly empty
	Judged       Points // of Applicable, what could be judged
	Applicable   Points // of MaxPoints, what has something to judge
	Areas        []Area
	Lost         []Loss
	Open         []OpenRow // what could not be judged, in the order of the table
	Caps         []Cap     // that hold, the lowest first
	Ask          []string  // flags that let more be judged, such as "--ip ADDRESS"
	Cures        []Cure    // the cheapest first
	Requirements []Requirement
}

// Confidence is the part of the score that rests on what was seen, from 0 to 1.
func (s *Score) Confidence() float64 {
	if s.Applicable == 0 {
		return 0
	}
	return float64(s.Judged) / float64(s.Applicable)
}

// Area is a part of the score. Won and Lost and what was not judged make Of; what has
// nothing to judge counts as won.
type Area struct {
	Name      string
	Won, Lost Points
	Of        Points
}

// Loss is a row of the table that costs points.
type Loss struct {
	Row, Area, Title string
	Rule             string   // of the finding that costs them, or that says most about it
	Further          []string // other rules whose findings cost the same points
	Lost, Of         Points   // differ for a cap alone: Of is what it takes from ten
	Found            string   // what was found, a part for each rule; may be empty
	Fix              string   // the record, or the setting, that wins them back
	Place            string   // where Fix is to be published, such as "TXT example.com"; empty: it is no record
	Change           *Change  // what Fix does to a text; nil: that is not known
}

// Change is what becomes of a text of the DNS.
type Change struct {
	Subject  string // of the text, such as "TXT example.com"
	Old, New string // Old empty: there is none yet
}

// OpenRow is a row of the table that could not be judged.
type OpenRow struct {
	Row, Title string
	Of         Points
	Asked      bool // and no answer came; else nobody could ask
}

// Cap is a fault that keeps the score down whatever else is right.
type Cap struct {
	Row, Title, Rule string
	Max              Points
}

// Cure wins points back.
type Cure struct {
	Rows   []string // that it wins back
	Rule   string
	Found  string // as in Loss
	Fix    string
	Place  string  // as in Loss
	Change *Change // as in Loss
	Effort Effort
	Score  Points // reached with this cure and those before it
	Held   string // the fault whose cap allows no more; empty: none does
}

// Effort is what a cure takes.
type Effort int

// The efforts, least first.
const (
	EditRecord   Effort = iota + 1 // of one's own zone
	ChangeServer                   // or its keys
	AskOther                       // as the holder of the addresses
)

// String says the effort in a few words.
func (e Effort) String() string {
	return [...]string{"", "edit a record", "change a server or a key", "ask somebody else"}[e]
}

// Requirement is a demand of a mailbox provider, and whether it is met.
type Requirement struct {
	ID        string
	Text      string
	Outcome   Outcome
	Advice    bool     // nothing follows from failing it
	Rows      []string // of the table that were looked at; none: something else was
	Certainty string   // "quoted": as the provider has it; "secondary": as others tell it
	Dated     string   // of the wording, as YYYY-MM
}

// Outcome says whether a requirement is met.
type Outcome string

// The outcomes.
const (
	Met         Outcome = "pass"
	Failed      Outcome = "fail"
	Undecided   Outcome = "unknown"      // it could be told, and what it takes is not known
	NotTestable Outcome = "not testable" // neither records nor a message tell
)

// Weight is a row of the table of points, as it is shown.
type Weight struct {
	Row, Area, Title string
	Domain, Message  Points // 0: not in that column
	Cap              Points // 0: it is no cap
}
