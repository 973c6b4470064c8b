package publish

import (
	"fmt"
	"strings"
)

// writeTerraform writes resources of the provider hashicorp/aws. It adds the outer
// quotation marks of a value itself and wants "" between strings.
func writeTerraform(records []Record) string {
	var b strings.Builder
	b.WriteString("# For the provider hashicorp/aws; var.zone_id is the ID of the hosted zone.\n")
	for _, r := range records {
		fmt.Fprintf(&b, `resource "aws_route53_record" "txt_%s" {
  zone_id = var.zone_id
  name    = "%s"
  type    = "TXT"
  ttl     = %d
  records = ["%s"]
}
`, strings.NewReplacer(".", "_", "*", "wildcard").Replace(r.Name), r.Name, r.TTL, template(strings.Join(r.octal(), `""`)))
	}
	return b.String()
}

// template returns printable ASCII as it stands between quotation marks in
// Terraform's language, where ${ and %{ start expressions.
func template(text string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "${", "$${", "%{", "%%{").Replace(text)
}
