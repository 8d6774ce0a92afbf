#include "cli/confirm.h"

#include <istream>
#include <ostream>
#include <string>

namespace broker::cli {

bool Confirm(Terminal& terminal, std::string_view question, bool yes) {
  if (yes) return true;
  if (!terminal.InIsTerminal()) {
    terminal.Err() << "refused: " << question << " Standard input is no terminal, so nobody can confirm: give --yes.\n";
    return false;
  }
  terminal.Err() << question << " [y/N] " << std::flush;
  std::string answer;
  std::getline(terminal.In(), answer);
  if (answer == "y" || answer == "Y" || answer == "yes") return true;
  terminal.Err() << "nothing was done\n";
  return false;
}

}  // namespace broker::cli
