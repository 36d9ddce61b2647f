// Package spreadspoke reads the table of NFL games that tobycrabtree/spreadspoke
// keeps: spreadspoke_scores.csv with results since 1966, closing lines since
// 1979 and the weather, and nfl_stadiums.csv with the stadiums' roofs.
//
// Traps of the files, as read in 2025:
//
//   - The spread is the favourite's and the favourite an id of a franchise, so
//     that LAC is San Diego in 1990; PICK has no favourite. Game.Spread is
//     home's handicap.
//   - Indoors the temperature is 72 and the wind 0 by convention. The roof
//     stands in the column of the weather's details. Whether an open roof is
//     told, depends on the year.
//   - From 2019 to 2024 most outdoor games have no weather, and nothing tells how
//     those that have were chosen. The wind of the seasons since 2010 is a third
//     weaker than that of those before: it comes from elsewhere.
//   - Some stadiums of the scores are not in the list of stadiums, or under
//     another name.
//   - Games to come have no scores and may have careless names.
package spreadspoke
