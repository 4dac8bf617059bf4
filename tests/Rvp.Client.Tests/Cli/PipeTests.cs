using Rvp.Testing;

namespace Rvp.Client.Tests.Cli;

/// <summary><c>rvp</c> in scripts: in a pipe that ends, and as the documents have it.</summary>
public sealed class PipeTests : IAsyncLifetime
{
    private Home home = null!;
    private Shell jo = null!;
    private Listening kari = null!;

    public async Task InitializeAsync()
    {
        home = await Home.StartAsync();
        jo = new Shell(home, "JoBrown@adatum.com");
        kari = await home.SignedIn(Home.Kari);
    }

    public async Task DisposeAsync() => await home.DisposeAsync();

    [Fact]
    public async Task Whoever_has_had_enough_of_watch_ends_it_although_nothing_more_happens() =>
        Assert.Equal(
            new Ran(0, "KariHensien@adatum.com online\n", ""), await RealProcess.Script(jo, "set -o pipefail; rvp watch KariHensien@adatum.com | head -n 1"));

    [Fact]
    public async Task The_documents_own_loop_sends_as_soon_as_she_is_there_and_ends()
    {
        var ran = await RealProcess.Script(jo, """
            rvp watch KariHensien@adatum.com | while read -r who state; do
              [ "$state" = online ] && rvp send "$who" "The build is done." && break
            done
            """);

        Assert.Equal(new Ran(0, "", ""), ran);
        Assert.Equal("The build is done.", (await kari.Hears<RvpEvent.MessageReceived>()).Text);
    }

    [Fact]
    public async Task The_documents_own_bot_answers()
    {
        var bot = RealProcess.Script(jo, """
            rvp receive --count 2 | while read -r time from text; do
              rvp send "${from%:}" "You said: $text"
            done
            """);

        await Deadline.Until(async () => (await kari.Client.SendAsync(Home.Jo, "one $(two) *")).IsDelivered, "Jo to be there", () => "not available",
            TimeSpan.FromSeconds(30));
        Assert.Equal("You said: one $(two) *", (await kari.Hears<RvpEvent.MessageReceived>()).Text);
        await kari.Client.SendAsync(Home.Jo, "@everyone");
        Assert.Equal("You said: @everyone", (await kari.Hears<RvpEvent.MessageReceived>()).Text);

        Assert.Equal(new Ran(0, "", ""), await bot);
    }

    [Fact]
    public async Task Programs_that_write_one_file_after_the_other_keep_each_others_lines()
    {
        var file = Path.Combine(jo.Folder, "all");

        var ran = await RealProcess.Script(jo, $"{{ rvp status; rvp watchers; rvp status; }} > {file}");

        Assert.Equal(new Ran(0, "", ""), ran);
        Assert.Equal("offline\noffline\n", await File.ReadAllTextAsync(file));
    }
}
