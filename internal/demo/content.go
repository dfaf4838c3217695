package demo

// trade is one kind of company with the jobs that such companies post. Slugs are those of the seeded fields of interest.
type trade struct {
	industry  string
	endings   []string // of company names
	companies int
	mission   string // what such a company does, in half a sentence
	roles     []role
}

// role is one kind of job. Salaries are per year in thousands of the local currency at a mid level.
type role struct {
	title     string
	field     string // slug of a role
	skills    []string
	low, high int
	remote    bool // may be done from anywhere
	tasks     []string
}

var trades = []trade{
	{"computer-software", []string{"Software", "Labs", "Systems"}, 9, "builds software that small companies run on", []role{
		{"Backend Developer (Go)", "backend-developer", []string{"go", "postgresql", "docker", "rest apis"}, 62, 84, true,
			[]string{"Design and build services in Go", "Own what you ship, from design to on-call", "Keep our APIs fast and boring"}},
		{"Frontend Developer", "frontend-developer", []string{"typescript", "react", "css", "html"}, 55, 74, true,
			[]string{"Build the screens our customers live in", "Care for accessibility and speed", "Work side by side with design"}},
		{"Full Stack Developer", "full-stack-developer", []string{"javascript", "node.js", "vue.js", "mysql"}, 56, 76, true,
			[]string{"Take features from the idea to production", "Review and be reviewed", "Talk to customers every other week"}},
		{"DevOps Engineer", "devops-engineer", []string{"kubernetes", "terraform", "linux", "amazon web services"}, 66, 90, true,
			[]string{"Run our clusters and make deploys dull", "Automate what hurts", "Teach teams to own their services"}},
		{"QA Engineer", "qa-engineer", []string{"test automation", "quality assurance", "python"}, 48, 64, true,
			[]string{"Find what others miss", "Automate the checks worth repeating", "Be the users' voice in planning"}},
		{"Product Manager", "product-manager", []string{"product management", "user research", "agile methods"}, 65, 88, false,
			[]string{"Decide what we build next and say why", "Talk to customers and to numbers", "Write short, clear specifications"}},
		{"UX Designer", "ux-designer", []string{"ux design", "figma", "user research"}, 52, 70, true,
			[]string{"Turn messy workflows into calm ones", "Prototype, test, throw away", "Grow our design system"}},
		{"Engineering Intern", "software-engineer", []string{"git", "python", "teamwork"}, 22, 26, false,
			[]string{"Join a team for six months", "Ship a small feature in your first week", "Learn how software is really made"}},
	}},
	{"information-technology-and-services", []string{"Consulting", "IT Services", "Networks"}, 4,
		"keeps other companies' computers running", []role{
			{"Systems Administrator", "systems-administrator", []string{"linux", "ansible", "network security"}, 46, 62, false,
				[]string{"Care for two hundred servers", "Script what you do twice", "Answer when it burns"}},
			{"Network Engineer", "network-engineer", []string{"network security", "cybersecurity"}, 50, 68, false,
				[]string{"Plan and build customers' networks", "Measure before you change", "Document for the next one"}},
			{"IT Support Specialist", "support-engineer",
				[]string{"technical support", "microsoft office", "customer service"}, 34, 44, false,
				[]string{"Help people by phone, chat and at their desk", "Set up laptops and accounts", "Turn questions into guides"}},
			{"Data Engineer", "data-engineer", []string{"python", "sql", "data analysis"}, 60, 82, true,
				[]string{"Bring data from many sources into one", "Keep pipelines fresh and tested", "Help analysts to help themselves"}},
		}},
	{"hospital-and-health-care", []string{"Clinic", "Health", "Care"}, 5, "cares for patients close to where they live", []role{
		{"Registered Nurse", "nurse", []string{"patient care", "first aid", "electronic health records"}, 36, 48, false,
			[]string{"Care for patients on our ward", "Work in a team of nine with a fair rota", "Guide those in training"}},
		{"Physiotherapist", "physiotherapist", []string{"patient care", "communication"}, 35, 46, false,
			[]string{"Plan and give treatments", "Lead a weekly back class", "Work with doctors next door"}},
		{"Medical Receptionist", "receptionist", []string{"customer service", "data entry", "time management"}, 27, 33, false,
			[]string{"Welcome patients and calm the worried ones", "Keep the calendar honest", "Handle records with care"}},
		{"Care Assistant (nights)", "care-assistant", []string{"patient care", "teamwork"}, 26, 32, false,
			[]string{"Be there at night for twelve residents", "Hand over well in the morning", "Four nights on, four off"}},
	}},
	{"restaurants", []string{"Kitchen", "Bistro", "Table"}, 4, "cooks with what the region grows", []role{
		{"Head Chef", "chef", []string{"food safety", "team management", "inventory management"}, 40, 54, false,
			[]string{"Lead a kitchen of six", "Change the menu with the season", "Keep costs and tempers low"}},
		{"Waiter", "waiter", []string{"customer service", "cash handling"}, 24, 29, false,
			[]string{"Look after eight tables", "Know the menu and the wine", "Share tips fairly"}},
		{"Restaurant Manager", "restaurant-manager", []string{"team management", "budgeting", "customer service"}, 38, 50, false,
			[]string{"Run the house day to day", "Hire, plan and train", "Know the guests by name"}},
	}},
	{"financial-services", []string{"Finance", "Capital", "Savings"}, 4, "makes saving and paying plain", []role{
		{"Financial Analyst", "financial-analyst", []string{"financial modeling", "excel", "sql"}, 50, 70, false,
			[]string{"Build the models decisions rest on", "Explain numbers without jargon", "Prepare the monthly close"}},
		{"Compliance Officer", "compliance-officer", []string{"regulatory compliance", "risk management"}, 58, 78, false,
			[]string{"Keep us on the right side of the rules", "Train colleagues", "Answer the regulator"}},
		{"Accountant", "accountant", []string{"bookkeeping", "financial reporting", "tax preparation"}, 42, 56, false,
			[]string{"Close the books each month", "Prepare returns and audits", "Improve what is still paper"}},
		{"Data Scientist", "data-scientist", []string{"python", "machine learning", "statistics"}, 68, 92, true,
			[]string{"Find fraud before customers do", "Test ideas honestly", "Bring models into production"}},
	}},
	{"logistics-and-supply-chain", []string{"Logistics", "Freight", "Cargo"}, 4, "brings goods where they are needed, on time", []role{
		{"Truck Driver", "driver", []string{"time management", "workplace safety"}, 34, 42, false,
			[]string{"Drive a regional route, home every night", "Load and check with care", "New vehicles, paid waiting time"}},
		{"Warehouse Worker", "warehouse-worker", []string{"forklift operation", "inventory management"}, 27, 33, false,
			[]string{"Pick, pack and ship", "Drive the forklift after training", "Early or late shift, you choose"}},
		{"Logistics Coordinator", "logistics-coordinator", []string{"excel", "communication", "erp"}, 36, 47, false,
			[]string{"Plan tours and tell customers early", "Negotiate with carriers", "Solve the day's surprises"}},
	}},
	{"marketing-and-advertising", []string{"Media", "Studio", "Agency"}, 4, "helps good products to be found", []role{
		{"Content Writer", "content-writer", []string{"content marketing", "search engine optimization", "english"}, 38, 50, true,
			[]string{"Write what people finish reading", "Plan the year's stories", "Measure what works"}},
		{"Social Media Manager", "social-media-manager", []string{"social media", "digital marketing"}, 38, 52, true,
			[]string{"Run our clients' channels", "Answer fast and kindly", "Report in one page"}},
		{"Graphic Designer", "graphic-designer", []string{"adobe illustrator", "adobe photoshop"}, 38, 50, false,
			[]string{"Design brands, packaging and posters", "Present your work to clients", "Work on three things at a time, not ten"}},
	}},
	{"construction", []string{"Build", "Bau", "Construction"}, 3, "builds homes and schools that last", []role{
		{"Civil Engineer", "civil-engineer", []string{"autocad", "project management"}, 52, 70, false,
			[]string{"Plan structures and check them on site", "Coordinate the trades", "Sign off with a good conscience"}},
		{"Electrician", "electrician", []string{"workplace safety", "technical support"}, 36, 46, false,
			[]string{"Install and test in new buildings", "Train an apprentice", "Company van and tools"}},
		{"Site Manager", "construction-worker", []string{"team management", "workplace safety", "budgeting"}, 54, 70, false,
			[]string{"Run a site of thirty people", "Keep time, cost and safety", "Talk to neighbours before they complain"}},
	}},
	{"primary-secondary-education", []string{"School", "Academy", "College"}, 3, "teaches children from six to eighteen", []role{
		{"Mathematics Teacher", "teacher", []string{"communication", "public speaking"}, 42, 56, false,
			[]string{"Teach classes of at most 24", "Plan lessons in a team of five", "Be a tutor to one group"}},
		{"School Social Worker", "social-worker", []string{"communication", "problem solving"}, 38, 48, false,
			[]string{"Have an open door", "Work with families and teachers", "Run small groups"}},
		{"Language Tutor (volunteer)", "teacher", []string{"english", "german", "french"}, 0, 0, true,
			[]string{"Two hours a week with one learner", "Materials and training from us", "Online or in the school"}},
	}},
}

// town is a place with the currency that salaries are paid in there, and how they compare to the euro figures above.
type town struct {
	name     string // as the gazetteer knows it
	currency string
	factor   float64
}

var towns = []town{
	{"Berlin, Germany", "EUR", 1}, {"Munich, Germany", "EUR", 1.1}, {"Hamburg, Germany", "EUR", 1}, {"Lyon, France", "EUR", 0.9},
	{"Paris, France", "EUR", 1}, {"Amsterdam, Netherlands", "EUR", 1.05}, {"Vienna, Austria", "EUR", 1}, {"Lisbon, Portugal", "EUR", 0.7},
	{"Madrid, Spain", "EUR", 0.8}, {"Dublin, Ireland", "EUR", 1.1}, {"London, United Kingdom", "GBP", 0.95},
	{"Manchester, United Kingdom", "GBP", 0.8},
	{"Zurich, Switzerland", "CHF", 1.5}, {"New York City, United States", "USD", 1.5}, {"Austin, United States", "USD", 1.3},
	{"Toronto, Canada", "CAD", 1.3}, {"Stockholm, Sweden", "SEK", 11}, {"Warsaw, Poland", "PLN", 3.4},
}

// nameStarts are the first words of made-up company names, one per company.
var nameStarts = []string{
	"Alder", "Birch", "Cedar", "Dune", "Ember", "Fjord", "Gable", "Harbour", "Indigo", "Juniper", "Kestrel", "Lantern", "Meadow",
	"Northwind", "Orchard", "Pebble", "Quarry", "Rowan", "Saffron", "Thistle", "Umber", "Velvet", "Willow", "Yarrow", "Zephyr",
	"Amber", "Basalt", "Copper", "Delta", "Elm", "Flint", "Grove", "Hazel", "Iris", "Jasper", "Kite", "Larch", "Maple", "Nimbus", "Osprey",
}

// companyStories say how a company came to be what it is.
var companyStories = []string{
	"It began with three friends at a kitchen table and a problem nobody wanted to solve. We still have lunch at one table.",
	"We belong to the people who work here. Nobody is in a hurry to sell, and most of our customers have stayed for years.",
	"We grew from five people to fifty in four years and wrote down what we learned, so that you can skip the hard part.",
	"Several of us left, worked elsewhere and came back. Ask them why when you meet them.",
	"We are small enough to know each other by name and big enough to finish what we start.",
	"Our founder still answers the phone on Fridays. It keeps us close to the people we work for.",
	"Twice a year we close for a day, visit a customer together and find out what we got wrong.",
}

// habits are what working at a company is like.
var habits = []string{
	"Meetings are short, and every one has an agenda", "Four-day weeks in August", "Pay bands that everybody can see",
	"A mentor and a plan for your first month", "A yearly budget for courses, books and conferences",
	"Decisions are written down, together with the reasons", "Overtime is rare, and always paid or taken off",
	"We answer every application within ten days", "Parental leave for both parents, and part-time work at every level",
	"Dogs are welcome on Fridays", "One day a year for a project in the neighbourhood",
}

var coverLetters = []string{
	"I have done this work for some years and would like to do it with you. Your description reads like the team I am looking for.",
	"I am moving to your city in spring and look for a place to stay. I bring patience, good tools and references.",
	"I left my last job to learn, and now want to use it. May I show you what I have built?",
	"A friend of mine works with you and speaks well of it. I would be glad to talk.",
	"",
}

var eventNotes = map[string][]string{
	"in_review":           {"", "Thank you, we are reading it.", ""},
	"shortlisted":         {"We like what we read.", ""},
	"interview_scheduled": {"Bring an hour and your questions.", "We will call you by video."},
	"offered":             {"The offer is in your mail.", ""},
	"hired":               {"Welcome!"},
	"rejected":            {"We chose somebody with more experience in this field. All the best.", ""},
	"withdrawn":           {"I found another place. Thank you for your time."},
}

// jobReviews are what applicants write, with the fewest and the most stars that go with the words.
var jobReviews = []struct {
	title, body string
	least, most int
}{
	{"Quick and friendly", "They answered within two days and told me what would come next.", 4, 5},
	{"A real conversation", "The interview was about the actual work, not about riddles. I would apply again.", 4, 5},
	{"Kind, but slow", "I waited three weeks for an answer. It was a kind one, but I had nearly given up.", 2, 3},
	{"They had read my CV", "Everybody knew my name and what I had done before.", 4, 5},
	{"Well organised", "They sent the questions beforehand and kept to the agreed time.", 4, 5},
	{"A clear no, with reasons", "I was turned down, but they told me why, which helped with the next application.", 3, 4},
	{"Met the whole team", "I spent a morning with the people I would have worked with, and could ask them anything.", 5, 5},
	{"Salary only at the end", "Nice people, but nobody wanted to talk about money until the third round.", 2, 3},
	{"Nothing special", "A standard process: a call, an interview, an answer. No surprises.", 3, 3},
}
