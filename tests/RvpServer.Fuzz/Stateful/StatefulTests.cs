using Xunit.Abstractions;

namespace RvpServer.Fuzz.Stateful;

/// <summary>The short form: the same seed each time. The long form is <c>tests/fuzz stateful SECONDS</c>.</summary>
public class StatefulTests(ITestOutputHelper output)
{
    [Fact]
    public async Task What_was_promised_to_people_holds_whatever_others_send()
    {
        var totals = await StatefulRun.RunAsync(seed: 20261126, rounds: 3);

        output.WriteLine(totals.ToString());
        Assert.Equal(3 * 120, totals.Requests);
    }
}
