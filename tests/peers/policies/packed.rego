# The same rules for speed: tables in data, the cheap tests first, and an end at the first objection.
# The virtual machine goes on past `x := …` where the right side is undefined, hence the tests before such lines.
package packed

import rego.v1

default allow := false

allow if {
	data.actors[input.actor][input.action]
	data.covered[input.purpose][input.action]
	tables := data.covered[input.purpose][input.action]
	not wanting(data.measures.actor[input.actor])
	not wanting(data.measures.action[input.action])
	not wanting(leg_measures)
	not elsewhere
	placed
	ends
	not spoilt(tables)
}

# Whether a measure of these isn't in place.
wanting(measures) if {
	some measure in measures
	not measure in input.measures
}

# The measures by recipient and action; of a recipient that nobody states, only a deletion is left.
default leg_measures := ["row_level_security"]

leg_measures := data.measures.leg[input.recipient][input.action]

# An instruction that is given for the Client alone.
elsewhere if {
	input.purpose == "client_audit"
	input.action in {"retrieve", "export"}
	not input.recipient == "client"
}

placed if {
	input.action == "delete"
	data.deleters[input.purpose][input.actor]
}

placed if {
	input.subjects == ["end_user"]
	data.legs[input.recipient].own
	in_transit
}

placed if {
	input.subjects == ["end_user"]
	data.legs[input.recipient]
	leg := data.legs[input.recipient]
	leg.places[input.place]
	input.facts.used_as == leg.function
}

in_transit if "tls_1_3" in input.measures

in_transit if {
	input.recipient == "none"
	input.place == "DE"
	input.action != "record"
}

ends if data.retentions[input.retention]

ends if {
	not data.storing[input.action]
	not input.retention
}

# Whether one of the items isn't covered or not fit. (An `every` that meets a missing key would answer wrongly here.)
spoilt(tables) if {
	some item in input.data
	not good(item, tables)
}

good(item, tables) if {
	input.action == "delete"
	tables[item.category]
}

good(item, tables) if {
	tables[item.category]
	wanted := tables[item.category]
	input.action != "delete"
	young(item)
	fits(item, wanted)
	to_whom(item)
}

young(item) if item.collected == "now"

young(item) if item.collected >= "2024-11-20"

# What Section 3 wants of the item: `raw`, or these forms; a source; what a certificate covers; and what it holds.
fits(item, wanted) if {
	not lacking(item, wanted.form)
	not differing(item, wanted)
}

lacking(item, forms) if {
	some form in forms
	not form in item.form
}

differing(item, wanted) if {
	wanted.source
	not item.facts.source == wanted.source
}

differing(item, wanted) if {
	wanted.over
	not item.facts.over == wanted.over
}

differing(item, wanted) if {
	wanted.raw
	not item.form == []
}

differing(item, wanted) if {
	wanted.contains
	not item.contains == wanted.contains
}

to_whom(_) if input.recipient != "upstash"

to_whom(item) if data.cached[item.category]
