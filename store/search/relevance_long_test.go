package search

// Long questions over the sample library; see TestRelevanceOfSampleLibrary.

// sampleLong are whole questions with what surrounds them, as people write
// them to a colleague.
var sampleLong = []judged{
	one("Their finance director says there is no money left this year, and that ninety-five pounds a month for every site is simply more than they are prepared to spend on watching electricity", "too-expensive"),
	one("I am meeting the buyer tomorrow and he will certainly ask for a discount; what am I allowed to trade against a longer term or a year paid in advance without asking anybody first?", "negotiating-price"),
	one("The head of IT is worried about anything being connected to the company network, and wants to know about certificates, where the data is stored and when the last penetration test was", "email-security-pack"),
	one("What happens on the day when the electrician comes, does the power have to be turned off, and how long will it be until the customer sees the first list in the morning?", "rollout-in-plain-steps"),
	one("Do we have a story about a chain of bakeries where ovens were switched on in the middle of the night, with the savings that came of it after a year?", "pennywhistle-bakeries"),
	one("The prospect already owns a building management system that controls everything in the building, so why should they pay for another thing that watches whether it does what it was told?", "vs-brumble-controls"),
	one("How does our offer compare with buying a box of smart plugs and an app, when the office manager thinks that coffee machines are the whole of the problem?", "vs-plugmoth"),
	one("They tell me that they have half-hourly readings from a smart meter for every shop, and can't see what else there would be to learn from measuring circuits behind it", "we-have-smart-meters"),
	one("Our contact there has changed jobs, the agreement ends in four months, and I don't know how to open the conversation with whoever follows her about another year", "renewal-conversation"),
	one("The sustainability manager says that their emissions are in a report by Ledgerwick already, so what would a reduction in kilowatt-hours add to that for the auditor?", "we-report-carbon-already"),
	one("Is there an example of a trust with many schools that were closed for the summer while kitchens and hot water went on running for nobody at all?", "thistlebeck-schools"),
	one("Which other software can we send our data to today, and is there an interface that their own developers could use to bring the readings into a maintenance system?", "integrations-that-exist"),
	one("Please give me something in writing for a customer who wants to see the whole price list for any number of sites, with fitting and guarantee, before she agrees to a call", "email-pricing-explained"),
	one("If a sensor stops working on a weekday, who answers the telephone, in how many minutes, and how soon will a new one be there?", "support-people-answer"),
	one("I want to thank everybody who came to the webinar last week and to propose a pilot on three of their sites for sixty days", "email-after-webinar"),
	one("What are good questions at the beginning of a first discovery call, before I have shown them anything, to find out who sees the electricity bill and who would switch things off?", "first-ten-minutes"),
	one("We lost to somebody else last Friday and I would like to learn from the customer why they chose another supplier without trying to sell them anything again", "survey-lost-deal"),
	one("Has any chain of swimming pools or leisure centres found out with us that their pumps didn't slow down in the evening although the system said so?", "quillmere-leisure-pools"),
}
