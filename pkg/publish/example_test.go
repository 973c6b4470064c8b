package publish_test

import (
	"fmt"

	"github.com/authcheck/authcheck/pkg/publish"
)

func ExampleFormat() {
	text, err := publish.Format(publish.BIND, publish.Record{Name: "_dmarc.example.com", Text: "v=DMARC1; p=reject"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(text)
	// Output:
	// _dmarc.example.com. 3600 IN TXT "v=DMARC1; p=reject"
}
