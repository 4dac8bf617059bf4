using Rvp.Testing;

namespace RvpServer.Reliability.Disks;

/// <summary>What the server writes about itself cannot be written: nobody waits for that, and the operator hears of it.</summary>
public sealed class SickLogTests
{
    private const int Requests = 1500;

    // So that these requests are more than any buffer of log lines holds.
    private static readonly string Agent = $"User-Agent: {new string('a', 1000)}\r\n";

    [Theory]
    [InlineData("full", "any ENOSPC")]
    [InlineData("failing", "any EIO")]
    [InlineData("hanging", "any HANG")]
    public async Task The_protocol_logs_disk_is(string _, string illness)
    {
        using var disk = new SickDisk();
        await using var server = await RealServer.StartAsync(1, disk.Environment);
        await using var jo = new Member("User0", () => server.Port);

        disk.FallsIll(server.LogFolder, illness);
        await AllAreAnsweredAsync(jo);
        Assert.Equal(200, await server.ReadyAsync());
        await Deadline.Until(
            () => server.Log.Any(line => line.IsSerious), "a line that says so", () => server.LogText, TimeSpan.FromSeconds(5));
        Assert.InRange(server.Log.Count(line => line.IsSerious), 1, 3);

        disk.Recovers();
        await AllAreAnsweredAsync(jo, 50);
        await Deadline.Until(
            () => Directory.Exists(server.LogFolder) && Directory.EnumerateFiles(server.LogFolder).Any(file => new FileInfo(file).Length > 1000),
            "a protocol log", () => server.LogText);
    }

    [Fact]
    public async Task Nobody_reads_the_console()
    {
        await using var server = await RealServer.MakeAsync(1);
        server.ConsoleIsRead = false;
        await server.StartAsync();
        await using var jo = new Member("User0", () => server.Port) { Patience = TimeSpan.FromSeconds(5) };

        // Each of them is a line of the log. A pipe holds some hundred.
        for (var i = 0; i < 500; i++) Assert.Equal(400, (await jo.Tries(person => person.Asks("PROPPATCH", person.Path, "", "<no")))?.Status);
        await AllAreAnsweredAsync(jo, 50);
        Assert.Equal(200, await server.ReadyAsync());
    }

    private static async Task AllAreAnsweredAsync(Member person, int requests = Requests)
    {
        person.Patience = TimeSpan.FromSeconds(5);
        for (var i = 0; i < requests; i++)
        {
            var answer = await person.Tries(jo => jo.Asks("ACL", jo.Path, Agent));
            Assert.True(answer is { Status: 200 }, $"request {i} of {requests}: {answer?.StatusLine ?? "no answer"}");
        }
    }
}
