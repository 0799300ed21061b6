package report

// Home is the address of the project: this is the one place in the code that has it, beside go.mod.
const Home = "https://github.com/zkdoctor/zkdoctor"

// Pages is where its documents are.
const Pages = Home + "/blob/main/docs/"
