boot {{ ip }} {{ http_port }} {{ tftp_port }}
