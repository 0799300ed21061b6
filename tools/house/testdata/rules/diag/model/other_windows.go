package model

const other = true
