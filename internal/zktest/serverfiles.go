package zktest

import (
	"embed"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// writeFiles writes everything the server needs before its first start.
func (s *Server) writeFiles() error {
	dirs := []string{s.DataDir, s.LogDir, filepath.Dir(s.ConfigFile), s.tmpDir()}
	if s.DataLogDir != "" {
		dirs = append(dirs, s.DataLogDir)
	}
	for _, dir := range dirs {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	if err := s.WriteConfig(s.ConfigLines()); err != nil {
		return err
	}
	logConfig := "log4j.properties"
	if logback(s.Version) {
		logConfig = "logback.xml"
	}
	text, err := logConfigs.ReadFile("logconf/" + logConfig)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(filepath.Dir(s.ConfigFile), logConfig), text, 0o644); err != nil {
		return err
	}
	if s.MyID == nil {
		return nil
	}
	return s.SetMyID(s.MyID)
}

func (s *Server) tmpDir() string { return filepath.Join(s.Dir, "tmp") }

// ConfigLines are the lines of zoo.cfg as the fields have it: the directories,
// Config and ServerLines. A dataDir or dataLogDir in
// Config replaces the field's.
func (s *Server) ConfigLines() []string {
	var lines []string
	for key, dir := range map[string]string{"dataDir": s.DataDir, "dataLogDir": s.DataLogDir} {
		if dir != "" && !slices.ContainsFunc(s.Config, hasKey(key)) {
			lines = append(lines, key+"="+dir)
		}
	}
	slices.Sort(lines)
	return slices.Concat(lines, s.Config, s.ServerLines)
}

// Set gives a key of Config a value, in place of any it had. From Edit that is
// all; later WriteConfig(ConfigLines()) writes it down.
func (s *Server) Set(key, value string) {
	s.Unset(key)
	s.Config = append(s.Config, key+"="+value)
}

// Unset removes a key from Config.
func (s *Server) Unset(key string) { s.Config = slices.DeleteFunc(s.Config, hasKey(key)) }

func hasKey(key string) func(line string) bool {
	return func(line string) bool { return strings.HasPrefix(line, key+"=") }
}

// WriteConfig replaces zoo.cfg; the next Start reads it.
func (s *Server) WriteConfig(lines []string) error {
	return os.WriteFile(s.ConfigFile, []byte(strings.Join(lines, "\n")+"\n"), 0o644)
}

// SetMyID replaces the myid file, byte for byte.
func (s *Server) SetMyID(content []byte) error {
	return os.WriteFile(filepath.Join(s.DataDir, "myid"), content, 0o644)
}

// RemoveMyID removes the myid file.
func (s *Server) RemoveMyID() error { return os.Remove(filepath.Join(s.DataDir, "myid")) }

//go:embed logconf
var logConfigs embed.FS
