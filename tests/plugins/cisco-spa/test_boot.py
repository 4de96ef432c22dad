"""
Phones that start, with a running daemon.
"""

from __future__ import annotations

from xml.etree import ElementTree

from tests.daemon.site import RunningSite


class Boot(RunningSite):
    async def test_first_file_over_tftp_leads_to_the_phones_own(self) -> None:
        status, first = await self.site.tftp("/spa942.cfg")
        self.assertEqual(status, 0)
        rule = ElementTree.fromstring(first).findtext("Profile_Rule") or ""
        self.assertTrue(rule.endswith("/$MA.xml"), rule)
        self.assertEqual(self.site.devices(), [])
        name = rule.rpartition("/")[2].replace("$MA", "000e08aa0b1c")
        status, own = await self.site.get(name, "Linksys/SPA-942-6.1.5(a) (88019FA42805)")
        self.assertEqual(status, 200)
        self.assertRegex(ElementTree.fromstring(own).findtext("User_ID_1_") or "", r"ap\w{8}")
        device = self.site.device()
        self.assertEqual((device["plugin"], device["model"]), ("cisco-spa", "SPA942"))
        self.assertEqual((device["mac"], device["sn"]), ("00:0e:08:aa:0b:1c", "88019FA42805"))
        self.assertEqual(device["remote_state_sip_username"][:2], "ap")

    async def test_both_ports_of_an_enterprise_adapter_are_one_device(self) -> None:
        lines = []
        for name in ("ATA8843E1AA0B1C.cnf.xml", "ATA43E1AA0B1C01.cnf.xml"):
            status, content = await self.site.tftp(name)
            self.assertEqual(status, 0)
            lines.append(ElementTree.fromstring(content).find(".//line"))
        self.assertEqual([line is not None for line in lines], [True, False])
        device = self.site.device()
        self.assertEqual((device["model"], device["mac"]), ("ATA190", "88:43:e1:aa:0b:1c"))
        self.assertTrue(device["configured"])
