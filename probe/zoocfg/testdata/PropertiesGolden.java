import java.io.*;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.util.*;

/** Reads hex texts, one a line; writes what java.util.Properties makes of each. See properties_test.go. */
public class PropertiesGolden {
    public static void main(String[] args) throws IOException {
        PrintStream out = new PrintStream(new FileOutputStream(args[1]), false, "US-ASCII");
        for (String hex : Files.readAllLines(Paths.get(args[0]), StandardCharsets.US_ASCII)) {
            byte[] data = new byte[hex.length() / 2];
            for (int i = 0; i < data.length; i++) {
                data[i] = (byte) Integer.parseInt(hex.substring(2 * i, 2 * i + 2), 16);
            }
            StringBuilder line = new StringBuilder(hex);
            try {
                Properties p = new Properties();
                p.load(new ByteArrayInputStream(data));
                TreeSet<String> pairs = new TreeSet<>();
                for (String key : p.stringPropertyNames()) {
                    pairs.add(quote(key) + '=' + quote(p.getProperty(key)));
                }
                for (String pair : pairs) {
                    line.append(' ').append(pair);
                }
            } catch (IllegalArgumentException e) {
                line.append(" !").append(e.getMessage().replace(' ', '_'));
            }
            out.println(line);
        }
        out.close();
    }

    /**
     * Letters and digits stay, any other UTF-16 unit becomes four hex digits in angle brackets;
     * half a surrogate pair becomes fffd, which is all Go can do with it.
     */
    static String quote(String s) {
        StringBuilder b = new StringBuilder();
        for (char c : s.replaceAll("\\p{Cs}", "\ufffd").toCharArray()) {
            if (c < 128 && Character.isLetterOrDigit(c)) {
                b.append(c);
            } else {
                b.append(String.format("<%04x>", (int) c));
            }
        }
        return b.toString();
    }
}
