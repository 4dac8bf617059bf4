using System.Diagnostics;
using System.Text;
using Rvp.Testing;
using RvpServer.Directories;
using RvpServer.Directories.Local;
using RvpServer.Tests.Directories;
using Xunit.Abstractions;

namespace RvpServer.Tests.Cli;

public sealed class UserImportTests(ITestOutputHelper output) : IDisposable
{
    private readonly LocalAccounts local = new();

    public void Dispose() => local.Dispose();

    [Fact]
    public async Task Columns_come_in_any_order_and_fields_may_be_quoted()
    {
        var ran = await Import("Password,HOME,address,display\r\n\"a,\"\"b\",,JoBrown@adatum.com,\"Brown, Jo\"\r\n\r\n "
            + "x,imhomeserver2,KariHensien@adatum.com,\n");

        Assert.Equal(UserCommandTests.Done("2 accounts imported.\n"), ran);
        var jo = await local.FindAsync("JoBrown@adatum.com");
        var kari = await local.FindAsync("KariHensien@adatum.com");
        Assert.Equal(("Brown, Jo", "imhomeserver1"), (jo!.DisplayName, jo.HomeServer));
        Assert.Equal(("KariHensien", "imhomeserver2"), (kari!.DisplayName, kari.HomeServer));
        Assert.Equal(LocalAccounts.HashOf("a,\"b"), (await SecretsAsync(jo)).NtHash);
        Assert.Equal(LocalAccounts.HashOf(" x"), (await SecretsAsync(kari)).NtHash);
    }

    [Fact]
    public async Task A_file_is_read_with_its_byte_order_mark()
    {
        var file = Path.Combine(local.DataDirectory, "people.csv");
        await File.WriteAllTextAsync(file, "address,password\nJoBrown@adatum.com,x", new UTF8Encoding(true));

        var ran = await UserCommandTests.RunAsync(local, "", "import", file);

        Assert.Equal(UserCommandTests.Done("1 account imported.\n"), ran);
    }

    // What Excel saves: "CSV UTF-8", "Unicode text", "CSV" in Western Europe; in Germany with semicolons.
    [Theory]
    [InlineData("utf-8", ",")]
    [InlineData("utf-8", ";")]
    [InlineData("utf-16", "\t")]
    [InlineData("iso-8859-1", ";")]
    public async Task What_Excel_saves_is_read(string charset, string separator)
    {
        var encoding = Encoding.GetEncoding(charset);
        var text = "address,display,home,password\r\nJürg@adatum.com,Jürg Müller,,Grüße-1\r\n,,,\r\n,,,\r\n".Replace(",", separator, StringComparison.Ordinal);
        var file = Path.Combine(local.DataDirectory, "people.csv");
        await File.WriteAllBytesAsync(file, [.. encoding.GetPreamble(), .. encoding.GetBytes(text)]);

        var ran = await UserCommandTests.RunAsync(local, "", "import", file);

        Assert.Equal(UserCommandTests.Done("1 account imported.\n"), ran);
        var account = await local.FindAsync("Jürg@adatum.com");
        Assert.Equal("Jürg Müller", account!.DisplayName);
        Assert.Equal(LocalAccounts.HashOf("Grüße-1"), (await SecretsAsync(account)).NtHash);
    }

    [Theory]
    [InlineData("", "Line 1: the file is empty; it begins with the header address,display,home,password.")]
    [InlineData("address,display\njo@adatum.com,Jo", "Line 1: the header lacks the column password.")]
    [InlineData("address,password,phone\n",
        "Line 1: the header has an unknown column \"phone\"; columns are address, display, home, password, person.")]
    [InlineData("address,password,address\n", "Line 1: the header has the column address twice.")]
    [InlineData("address,password\nok@adatum.com,x\njo@adatum.com", "Line 3: it has 1 fields, the header has 2.")]
    [InlineData("address,password\nok@adatum.com,x\njo,x", "Line 3: \"jo\" is no IM address.")]
    [InlineData("address,password\nok@adatum.com,x\njo@example.org,x",
        "Line 3: The mail domain example.org stands for no IM domain: add it to Rvp:MailDomains, or name one with --domain.")]
    [InlineData("address,password,home\nok@adatum.com,x,\njo@adatum.com,x,im9",
        "Line 3: im9 is no home server of im.adatum.com: it has imhomeserver1, imhomeserver2; a home server elsewhere is named by its host.")]
    [InlineData("address,password,home\nok@adatum.com,x,im9.example.com\njo@adatum.com,x,im8.example.com\nthree@adatum.com,x,im8.example.com",
        "Line 3: DNS has no address for the home server im8.example.com. Is it spelt right? For a server that is not there yet, --unchecked sets it all the "
        + "same (in the API, \"unchecked\": true).")]
    [InlineData("address,password\nok@adatum.com,x\njo@adatum.com,", "Line 3: The password is empty.")]
    [InlineData("address,password,person\nok@adatum.com,x,\njo@adatum.com,x,jo",
        "Line 3: Only an LDAP directory has people without accounts: Rvp:Directory:Provider is Local, so leave --person out.")]
    [InlineData("address,password\nok@adatum.com,x\n..@adatum.com,x",
        "Line 3: The name .. cannot stand in a URL: use letters, digits, dot, hyphen and underscore.")]
    [InlineData("address,password\n\"ok@adatum.com\",\"x\ny\"\n", "Line 2: The password has a control character.")]
    [InlineData("address,password,display\nok@adatum.com,x,\"a\r\nb\"\n", "Line 2: The display name has a character that cannot be shown.")]
    [InlineData("address,password\nok@adatum.com,x\n\n\nOK@adatum.com,x", "Line 5: OK@adatum.com has an account already.")]
    [InlineData("address,password\nok@adatum.com,x\nok@im.adatum.com,x", "Line 3: The name ok belongs to ok@adatum.com in im.adatum.com already.")]
    [InlineData("address,password\nok@adatum.com,x\n\"jo@adatum.com,x\n\n", "Line 3: a quoted field does not end.")]
    [InlineData("address,password\nok@adatum.com,x\n\"jo@adatum.com\" ,x\n", "Line 3: a quoted field is followed by more text.")]
    [InlineData("address,password\nok@adatum.com,x\njo\"@adatum.com,x\n", "Line 3: a quote stands inside a field that is not quoted.")]
    public async Task A_bad_row_is_named_by_its_line_and_nothing_is_applied(string csv, string expected)
    {
        var ran = await Import(csv);

        Assert.Equal(UserCommandTests.Failed(expected + " Nothing was imported."), ran);
        Assert.Empty(await local.Accounts.ListAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_file_that_is_not_there_fails()
    {
        var file = Path.Combine(local.DataDirectory, "none.csv");

        Assert.Equal(UserCommandTests.Failed($"Could not find file '{file}'."), await UserCommandTests.RunAsync(local, "", "import", file));
    }

    [Fact]
    public async Task Ten_thousand_accounts_are_imported_in_seconds()
    {
        var csv = new StringBuilder("address,display,home,password\n");
        for (var i = 0; i < 10_000; i++) csv.Append(null, $"user{i}@adatum.com,User {i},,Pass-Word-{i}\n");
        var clock = Stopwatch.StartNew();

        var ran = await Import(csv.ToString());

        output.WriteLine($"10,000 accounts in {clock.Elapsed.TotalSeconds:F1} s");
        Assert.Equal((0, "10000 accounts imported.\n"), (ran.Code, ran.Out));
        Assert.Equal(10_000, local.ReadNumber("SELECT COUNT(*) FROM secrets"));
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 60);
    }

    private Task<Ran> Import(string csv) => UserCommandTests.RunAsync(local, csv, "import", "-");

    private async Task<AccountSecrets> SecretsAsync(Account account)
    {
        await using var directory = new LocalDirectory(
            local.File, local.Keys, TimeProvider.System);
        return (await directory.FindSecretsAsync(account, CancellationToken.None))!;
    }
}
