// Package openweather speaks OpenWeather's current weather API, version 2.5: it
// builds requests and reads answers. See https://openweathermap.org/current.
package openweather
