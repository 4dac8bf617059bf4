using System.Globalization;
using Rvp.Protocol;
using RvpServer.Directories;

namespace RvpServer.Cli;

/// <summary>Turns the rows of an import file into accounts.</summary>
internal static class UserImport
{
    private static readonly string[] Columns = ["address", "display", "home", "password"];

    /// <summary>The accounts with their line numbers; throws <see cref="AccountException"/> naming the line.</summary>
    public static IEnumerable<(int Line, NewAccount Account)> Read(TextReader text, UserHomes homes)
    {
        List<string>? header = null;
        foreach (var (line, fields) in UserCsv.Read(text))
        {
            if (header is null)
            {
                header = ReadHeader(line, fields);
                continue;
            }
            if (fields.Count != header.Count) throw At(line, $"it has {Count(fields.Count)} fields, the header has {Count(header.Count)}.");
            var row = header.Zip(fields).ToDictionary(pair => pair.First, pair => pair.Second);
            yield return (line, ToAccount(line, row, homes));
        }
        if (header is null) throw At(1, "the file is empty; it begins with the header address,display,home,password.");
    }

    private static List<string> ReadHeader(int line, IReadOnlyList<string> fields)
    {
        var names = fields.Select(field => field.Trim().ToLowerInvariant()).ToList();
        foreach (var name in names)
        {
            if (!Columns.Contains(name)) throw At(line, $"the header has an unknown column \"{name}\"; columns are address, display, home, password.");
            if (names.Count(other => other == name) > 1) throw At(line, $"the header has the column {name} twice.");
        }
        foreach (var needed in new[] { "address", "password" })
            if (!names.Contains(needed)) throw At(line, $"the header lacks the column {needed}.");
        return names;
    }

    private static NewAccount ToAccount(int line, Dictionary<string, string> row, UserHomes homes)
    {
        if (!ImAddress.TryParse(row["address"], out var address)) throw At(line, $"\"{row["address"]}\" is no IM address.");
        try
        {
            var domain = homes.GetDomain(address).Name;
            return new NewAccount(domain, address, TextOf(row, "display"), homes.GetHome(domain, TextOf(row, "home")), row["password"]);
        }
        catch (AccountException failure)
        {
            throw At(line, failure.Message);
        }
    }

    private static string? TextOf(Dictionary<string, string> row, string column) =>
        row.TryGetValue(column, out var text) && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;

    private static string Count(int count) => count.ToString(CultureInfo.InvariantCulture);

    private static AccountException At(int line, string what) => new(string.Create(CultureInfo.InvariantCulture, $"Line {line}: {what}"));
}
