using System.Text.RegularExpressions;
using Rvp.Testing;

namespace RvpServer.Tests.Architecture;

/// <summary>Rules about the text of the sources that no compiler and no analyzer knows.</summary>
public partial class SourceTests
{
    private static readonly IReadOnlyList<(string Path, string[] Lines)> Sources = [.. Read("src").Concat(Read("tests"))];

    [Fact]
    public void No_line_is_longer_than_160_characters()
    {
        var tooLong = new List<string>();
        foreach (var (path, lines) in Sources)
        {
            var isInRawText = false;
            foreach (var (line, number) in lines.Select((line, index) => (line, index + 1)))
            {
                var hasRawText = line.Contains("\"\"\"", StringComparison.Ordinal);
                // What is compared byte for byte is written as it is.
                if (line.Length > 160 && !isInRawText && !hasRawText) tooLong.Add($"{path}:{number}");
                if (RawText().Count(line) % 2 == 1) isInRawText = !isInRawText;
            }
        }
        Assert.Empty(tooLong);
    }

    /// <summary>As dotnet format sorts them, which takes minutes to say so; all else that it knows of style the build checks.</summary>
    [Fact]
    public void Usings_are_sorted_with_those_of_System_first()
    {
        var unsorted = new List<string>();
        foreach (var (path, lines) in Sources)
        {
            var usings = lines.Select(line => Using().Match(line)).Where(match => match.Success).ToList();
            var sorted = usings
                .OrderBy(match => match.Groups["alias"].Success)
                .ThenBy(match => match.Groups["static"].Success)
                .ThenBy(match => match.Groups["name"].Value.Split('.')[0] != "System")
                .ThenBy(match => match.Groups["name"].Value.Replace('.', '\0'), StringComparer.OrdinalIgnoreCase);
            if (!usings.SequenceEqual(sorted)) unsorted.Add(path);
        }
        Assert.Empty(unsorted);
    }

    [Fact]
    public void No_two_types_have_one_name()
    {
        var names = Sources
            .SelectMany(source => source.Lines.Select(line => TopLevelType().Match(line)).Where(match => match.Success)
                .Select(match => (Name: match.Groups["name"].Value, source.Path, IsPartial: match.Value.Contains(" partial ", StringComparison.Ordinal))))
            // A test may name a double after what it stands for; the two never meet.
            .GroupBy(type => (Root: type.Path.Split('/')[0], type.Name))
            .Where(types => types.Count() > 1
                && !(types.All(type => type.IsPartial)
                    && types.Select(type => Path.GetDirectoryName(type.Path)).Distinct().Count() == 1));

        Assert.Empty(names.Select(types => $"{types.Key.Name}: {string.Join(", ", types.Select(type => type.Path))}"));
    }

    [Fact]
    public void The_composition_root_is_short() =>
        Assert.InRange(Sources.Single(source => source.Path == "src/RvpServer/ServerHost.cs").Lines.Length, 1, 120);

    [Fact]
    public void A_verbs_name_is_compared_with_nothing()
    {
        var found = Matches(Comparison(), path => path.StartsWith("src/RvpServer/", StringComparison.Ordinal));

        Assert.Empty(found);
    }

    [Fact]
    public void A_nodes_sign_ins_are_read_once_wherever_they_are_read_outside_its_turn()
    {
        var twice = Sources.Where(source => source.Path.StartsWith("src/RvpServer/", StringComparison.Ordinal))
            .Where(source => source.Lines.Sum(line => SignInsOfANode().Count(line)) > 1).Select(source => source.Path);

        Assert.Empty(twice);
    }

    [Fact]
    public void Comments_are_in_todays_words_and_point_to_nothing_outside_the_repository()
    {
        Assert.Empty(Matches(OldWordInComment(), path => path.StartsWith("src/", StringComparison.Ordinal)));
        Assert.Empty(Matches(OutsidePointer(), path => !path.EndsWith("/SourceTests.cs", StringComparison.Ordinal)));
    }

    private static List<string> Matches(Regex pattern, Func<string, bool> isMeant) =>
    [
        .. from source in Sources
           where isMeant(source.Path)
           from line in source.Lines.Select((text, index) => (Text: text, Number: index + 1))
           where pattern.IsMatch(line.Text)
           select $"{source.Path}:{line.Number}: {line.Text.Trim()}",
    ];

    private static IEnumerable<(string, string[])> Read(string folder) =>
        from file in Directory.EnumerateFiles(Repository.PathOf(folder), "*.cs", SearchOption.AllDirectories)
        let path = Path.GetRelativePath(Repository.Root, file).Replace('\\', '/')
        where !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal)
        select (path, File.ReadAllLines(file));

    [GeneratedRegex(@"^using (?<alias>\w+ = )?(?<static>static )?(?<name>[\w.]+)(<[^;]*>)?;$")]
    private static partial Regex Using();

    [GeneratedRegex("\"\"\"+")]
    private static partial Regex RawText();

    [GeneratedRegex(@"^(public|internal)( \w+)* (class|struct|interface|enum|record)( struct| class)? (?<name>\w+)")]
    private static partial Regex TopLevelType();

    [GeneratedRegex("""(==|!=|\bis\b|\bcase\b|\.Equals\()\s*\(?(not )?(RvpVerbs\.|"(SUBSCRIBE|UNSUBSCRIBE|SUBSCRIPTIONS|NOTIFY|POLL|ACL|PROPFIND|PROPPATCH)")""")]
    private static partial Regex Comparison();

    [GeneratedRegex(@"\b[Nn]ode\.SignIns\b")]
    private static partial Regex SignInsOfANode();

    [GeneratedRegex(@"//.*\b(anew|for ever|lest|whence|hence|thereby|therein|whereby|reckons?|spelt|fares|afresh|empty-handed|to be had|sees to)\b",
        RegexOptions.IgnoreCase)]
    private static partial Regex OldWordInComment();

    [GeneratedRegex(@"//.*\[(design|rvp-protocol|review|style|issue)\b", RegexOptions.IgnoreCase)]
    private static partial Regex OutsidePointer();
}
