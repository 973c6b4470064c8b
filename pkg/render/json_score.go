package render

import (
	"math"

	"github.com/authcheck/authcheck/pkg/report"
)

// wireScore is a score; one that was refused has no number.
type wireScore struct {
	Refused      octets            `json:"refused,omitempty"`
	Value        *float64          `json:"value,omitempty"`
	Max          float64           `json:"max"`
	Confidence   float64           `json:"confidence"`
	Band         string            `json:"band,omitempty"`
	Warning      octets            `json:"warning,omitempty"`
	Profile      string            `json:"profile"`
	Areas        []wireArea        `json:"areas"`
	Items        []wireLoss        `json:"items"`
	Open         []wireOpenRow     `json:"not_judged"`
	Caps         []wireCap         `json:"caps"`
	Cures        []wireCure        `json:"cures"`
	Requirements []wireRequirement `json:"requirements,omitempty"`
}

type wireArea struct {
	Name string  `json:"name"`
	Won  float64 `json:"won"`
	Lost float64 `json:"lost"`
	Of   float64 `json:"of"`
}

type wireLoss struct {
	Rule    string   `json:"rule"`
	Row     string   `json:"row"`
	Area    string   `json:"area"`
	Title   string   `json:"title"`
	Lost    float64  `json:"lost"`
	Of      float64  `json:"of"`
	Found   octets   `json:"message,omitempty"`
	Fix     octets   `json:"fix"`
	Place   octets   `json:"subject,omitempty"`
	Further []string `json:"further_rules,omitempty"`
}

type wireOpenRow struct {
	Row   string  `json:"row"`
	Title string  `json:"title"`
	Of    float64 `json:"of"`
	Asked bool    `json:"asked"`
}

type wireCap struct {
	Row   string  `json:"row"`
	Rule  string  `json:"rule"`
	Title string  `json:"title"`
	Max   float64 `json:"max"`
}

type wireCure struct {
	Rule   string   `json:"rule"`
	Rows   []string `json:"rows"`
	Effort string   `json:"effort"`
	Found  octets   `json:"message,omitempty"`
	Fix    octets   `json:"fix"`
	Place  octets   `json:"subject,omitempty"`
	Score  float64  `json:"score"`
	Held   string   `json:"held_by,omitempty"`
}

type wireRequirement struct {
	ID        string         `json:"id"`
	Text      string         `json:"text"`
	Outcome   report.Outcome `json:"outcome"`
	Advice    bool           `json:"advice,omitempty"`
	Rows      []string       `json:"rows,omitempty"`
	Certainty string         `json:"certainty"`
	Dated     string         `json:"dated"`
}

// decimal returns points as a number of JSON.
func decimal(p report.Points) float64 { return float64(p) / 10 }

func wireScoreOf(s *report.Score) *wireScore {
	if s == nil {
		return nil
	}
	w := &wireScore{Refused: octetsOf(s.Refused), Max: decimal(report.MaxPoints), Band: s.Band, Warning: octetsOf(s.Warning), Profile: s.Profile,
		Confidence: math.Round(s.Confidence()*100) / 100,
		Areas:      []wireArea{}, Items: []wireLoss{}, Open: []wireOpenRow{}, Caps: []wireCap{}, Cures: []wireCure{}}
	if s.Refused != "" {
		return w
	}
	value := decimal(s.Value)
	w.Value = &value
	for _, a := range s.Areas {
		w.Areas = append(w.Areas, wireArea{a.Name, decimal(a.Won), decimal(a.Lost), decimal(a.Of)})
	}
	for _, l := range s.Lost {
		w.Items = append(w.Items, wireLoss{l.Rule, l.Row, l.Area, l.Title, decimal(l.Lost), decimal(l.Of), octetsOf(l.Found), octetsOf(l.Fix), octetsOf(l.Place), l.Further})
	}
	for _, o := range s.Open {
		w.Open = append(w.Open, wireOpenRow{o.Row, o.Title, decimal(o.Of), o.Asked})
	}
	for _, c := range s.Caps {
		w.Caps = append(w.Caps, wireCap{c.Row, c.Rule, c.Title, decimal(c.Max)})
	}
	for _, c := range s.Cures {
		w.Cures = append(w.Cures, wireCure{c.Rule, c.Rows, c.Effort.String(), octetsOf(c.Found), octetsOf(c.Fix), octetsOf(c.Place), decimal(c.Score), c.Held})
	}
	for _, q := range s.Requirements {
		w.Requirements = append(w.Requirements, wireRequirement{q.ID, q.Text, q.Outcome, q.Advice, q.Rows, q.Certainty, q.Dated})
	}
	return w
}
