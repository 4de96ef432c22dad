base {{ http_base_url }} admin {{ admin_username|d("none") }}
