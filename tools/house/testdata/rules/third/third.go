package third

import _ "os"

const Answer = 42
