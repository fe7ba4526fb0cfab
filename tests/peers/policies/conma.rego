# The rules as a manual of Rego would have them: a rule per clause, and the set of the clauses that object.
package conma

import rego.v1

default allow := false

allow if {
	every item in input.data {
		covered(item)
	}
	count(objections) == 0
}

listed := {
	"session_id", "consent_accepted", "consent_rejected", "consent_granular", "decision_time", "banner_version",
	"ip_address", "user_agent", "integrity_certificate", "consent_report",
}

storing if input.action in {"store", "cache"}

taking if input.action in {"store", "cache", "record"}

deleting if input.action == "delete"

# ---- Instructions: Sections 4 and 5.10 ----

covered(item) if {
	input.purpose == "consent_recording"
	taking
	item.category in listed
}

covered(item) if {
	input.purpose == "consent_recording"
	input.action == "hash"
	item.category == "ip_address"
	item.form == []
}

covered(item) if {
	input.purpose == "consent_evidence"
	input.action in {"certify", "store", "cache"}
	item.category in listed
}

covered(item) if {
	input.purpose == "client_audit"
	input.action in {"retrieve", "export"}
	input.recipient == "client"
	item.category in listed
}

covered(item) if {
	input.purpose == "client_audit"
	input.action == "cache"
	item.category == "consent_report"
}

covered(item) if {
	input.purpose == "rights_fulfilment"
	input.action in {"retrieve", "export", "delete"}
	item.category in listed
}

covered(_) if {
	input.purpose == "retention_deletion"
	deleting
	input.actor == "automated_job"
}

# ---- Section 3 ----

objections contains "3 subjects" if {
	not deleting
	not end_users_only
}

end_users_only if {
	input.subjects
	every subject in input.subjects {
		subject == "end_user"
	}
}

objections contains "3 data" if {
	not deleting
	some item in input.data
	not item.category in listed
}

objections contains "3.1" if {
	not deleting
	some item in input.data
	item.category == "session_id"
	not "unlinked" in item.form
}

sources := {
	"session_id": "banner",
	"consent_accepted": "user_interaction",
	"consent_rejected": "user_interaction",
	"consent_granular": "user_interaction",
	"decision_time": "system",
	"banner_version": "client_configuration",
	"ip_address": "server",
	"user_agent": "browser",
}

objections contains "3 sources" if {
	taking
	some item in input.data
	source := sources[item.category]
	not item.facts.source == source
}

objections contains "3.5" if {
	input.action == "hash"
	some item in input.data
	item.category == "ip_address"
	not item.facts.source == "server"
}

objections contains "3.5" if {
	not input.action in {"hash", "delete"}
	some item in input.data
	item.category == "ip_address"
	not salted_hash(item)
}

salted_hash(item) if {
	"sha256" in item.form
	"salted" in item.form
}

objections contains "3.7" if {
	not deleting
	some item in input.data
	item.category == "integrity_certificate"
	not "sha256" in item.form
}

objections contains "3.7" if {
	storing
	some item in input.data
	item.category == "integrity_certificate"
	not of_the_full_record(item)
}

of_the_full_record(item) if {
	item.facts.source == "conma"
	item.facts.over == "full_record"
}

objections contains "3.8" if {
	not deleting
	some item in input.data
	item.category == "consent_granular"
	not item.contains == []
}

# ---- Sections 4.7 and 6 ----

functions := {
	"supabase": "postgresql_database",
	"railway": "application_infrastructure",
	"upstash": "redis_cache",
}

sub_processor if input.recipient in {"supabase", "railway", "upstash"}

authorised if {
	input.recipient == "supabase"
	input.place == "sa_east_1"
}

authorised if {
	input.recipient == "railway"
	input.place
}

authorised if {
	input.recipient == "upstash"
	input.place == "us_east_1"
}

authorised if input.recipient in {"client", "none"}

objections contains "4.7" if {
	not deleting
	not authorised
}

objections contains "6.1 function" if {
	not deleting
	sub_processor
	not input.facts.used_as == functions[input.recipient]
}

objections contains "6.1 clauses" if {
	not deleting
	sub_processor
	not "scc_2021" in input.measures
}

objections contains "6.3" if {
	not deleting
	sub_processor
	not "equivalent_protection" in input.measures
}

objections contains "6.1 cache" if {
	not deleting
	input.recipient == "upstash"
	some item in input.data
	not item.category in {"session_id", "consent_report"}
}

# ---- Section 5 ----

at_rest_here if {
	input.recipient == "none"
	input.place == "DE"
	input.action != "record"
}

objections contains "5.1" if {
	not deleting
	not at_rest_here
	not "tls_1_3" in input.measures
}

objections contains "5.2" if {
	storing
	input.recipient == "supabase"
	not "aes_256" in input.measures
}

outside_the_database if not input.recipient in {"supabase", "supabase_frankfurt"}

isolated if {
	input.recipient
	outside_the_database
}

isolated if "row_level_security" in input.measures

objections contains "5.3" if not isolated

objections contains "5.5" if {
	input.action == "certify"
	not "hmac_sha256" in input.measures
}

objections contains "5.7" if {
	input.actor in {"super_admin", "client_owner", "client_admin"}
	not "mfa" in input.measures
}

has_role if input.actor in {"client_owner", "client_admin", "client_viewer", "super_admin", "automated_job"}

objections contains "5.8" if not has_role

objections contains "5.8" if {
	input.actor == "client_viewer"
	input.action != "retrieve"
}

objections contains "5.9" if {
	input.actor == "super_admin"
	not "audit_trail" in input.measures
}

in_time if input.retention in {"P6M", "P12M", "P24M", "agreed"}

objections contains "5.10" if {
	storing
	not in_time
}

objections contains "5.10" if {
	input.retention
	not in_time
}

young(item) if item.collected == "now"

young(item) if item.collected >= "2024-11-20"

objections contains "5.10" if {
	not deleting
	some item in input.data
	not young(item)
}
