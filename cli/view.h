// What a command shows: the tree, and how the table and name formats look at it. Values, built by the commands.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/value.h"

namespace broker::cli {

struct Column {
  std::string title;  // upper case
  std::string path;   // in a row, e.g. "redrive.max_attempts"; "body|body_base64": the first of them that is there
};

struct View {
  Value tree;
  // The field of `tree` that holds the rows of a list; empty: `tree` itself is one thing, shown as "field: value".
  std::string rows;
  std::vector<Column> columns;
  std::string name_path = "name";  // in a row (or the thing): what -o name prints

  static View List(std::string_view rows, Value items, std::vector<Column> columns, std::string name_path = "name") {
    View view;
    view.tree = Value::MakeObject().Set(rows, std::move(items));
    view.rows = rows;
    view.columns = std::move(columns);
    view.name_path = std::move(name_path);
    return view;
  }
  static View Thing(Value thing, std::string name_path = "name") {
    View view;
    view.tree = std::move(thing);
    view.name_path = std::move(name_path);
    return view;
  }
};

}  // namespace broker::cli
