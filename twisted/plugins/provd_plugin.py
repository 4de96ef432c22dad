from twisted.application.service import ServiceMaker

provd = ServiceMaker("accent-provd", "provd.tap", "The phone provisioning server of a PBX.", "accent-provd")
