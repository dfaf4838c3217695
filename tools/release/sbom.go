package main

import (
	"io"
	"slices"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

// writeSBOM writes a binary's software bill of materials, in CycloneDX's JSON. It has no serial number, which would differ each time.
func (r *release) writeSBOM(path string, parts []part) error {
	const self = "pkg:generic/jobboard"
	bom := cdx.NewBOM()
	bom.Metadata = &cdx.Metadata{
		Timestamp: r.at.Format(time.RFC3339),
		Component: &cdx.Component{Type: cdx.ComponentTypeApplication, BOMRef: self, Name: "jobboard", Version: r.version,
			Licenses: &cdx.Licenses{{License: &cdx.License{ID: "MIT"}}}},
	}
	components, below := []cdx.Component{}, []string{}
	for _, one := range parts {
		component := cdx.Component{Type: cdx.ComponentTypeLibrary, BOMRef: one.purl, PackageURL: one.purl, Name: one.name, Version: one.version}
		var ids []string
		for _, licence := range one.licences {
			ids = append(ids, licence.ids...)
		}
		slices.Sort(ids)
		if ids = slices.Compact(ids); len(ids) > 0 {
			licences := cdx.Licenses{}
			for _, id := range ids {
				licences = append(licences, cdx.LicenseChoice{License: &cdx.License{ID: id}})
			}
			component.Licenses = &licences
		}
		components, below = append(components, component), append(below, one.purl)
	}
	bom.Components = &components
	bom.Dependencies = &[]cdx.Dependency{{Ref: self, Dependencies: &below}}
	return writeFile(path, func(file io.Writer) error {
		return cdx.NewBOMEncoder(file, cdx.BOMFileFormatJSON).SetPretty(true).Encode(bom)
	})
}
