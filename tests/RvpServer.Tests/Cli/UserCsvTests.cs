using FsCheck.Xunit;
using Rvp.Protocol;
using RvpServer.Cli;

namespace RvpServer.Tests.Cli;

public sealed class UserCsvTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("\n\r\n\n", "")]
    [InlineData("a,b", "1:a|b")]
    [InlineData("a,b\r\nc,d\n", "1:a|b 2:c|d")]
    [InlineData("a,\n,b\n,", "1:a| 2:|b")]
    [InlineData("a,b\n,,,\n ,\nc,d", "1:a|b 4:c|d")]
    [InlineData("\ufeffa,b", "1:a|b")]
    [InlineData("a;b\nc,d;e", "1:a|b 2:c,d|e")]
    [InlineData("a\tb\nc;d\te", "1:a|b 2:c;d|e")]
    [InlineData("a,b\nc;d,e", "1:a|b 2:c;d|e")]
    [InlineData("sep=;\r\na;b", "2:a|b")]
    [InlineData("sep=,\na,b;c", "2:a|b;c")]
    [InlineData("\ufeffsep=\t\n\"a\"\tb", "2:a|b")]
    [InlineData("\"a\r\nb\",\"\"\"\"\nc,\"d,e\"", "1:a\r\nb|\" 3:c|d,e")]
    [InlineData("\"\"\na", "2:a")]
    public void Records_come_with_their_lines(string text, string expected)
    {
        var read = UserCsv.Read(new StringReader(text)).Select(record => record.Line + ":" + string.Join("|", record.Fields));

        Assert.Equal(expected, string.Join(" ", read));
    }

    [Property]
    public void Quoted_fields_are_read_as_they_were(string?[][] rows)
    {
        var expected = rows.Select(row => row.Select(field => field ?? "").Prepend("first").ToArray()).ToList();
        var text = string.Join("\r\n", expected.Select(
            row => string.Join(",", row.Select(field => "\"" + field.Replace("\"", "\"\"", StringComparison.Ordinal) + "\""))));

        Assert.Equal(expected, UserCsv.Read(new StringReader(text)).Select(record => record.Fields.ToArray()));
    }
}
