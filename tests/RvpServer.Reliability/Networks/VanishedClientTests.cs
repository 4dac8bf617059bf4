using System.Diagnostics;
using System.Globalization;
using Rvp.Testing;
using Xunit.Abstractions;

namespace RvpServer.Reliability.Networks;

/// <summary>The machine behind a callback is gone without a word.</summary>
public sealed class VanishedClientTests(ITestOutputHelper output)
{
    private static readonly TimeSpan SeenWithin = TimeSpan.FromSeconds(45);

    [Fact]
    public async Task A_client_whose_machine_lost_its_power_is_seen_to_be_gone()
    {
        await using var server = await TestServer.StartAsync(
            accounts: [new("Jo@adatum.com", "Jo"), new("Lisa@adatum.com", "Lisa"), new("Keeps@adatum.com", "Keeps"), new("Closes@adatum.com", "Closes")]);
        await using var jo = await SignInAsync(new Member("Jo", () => server.Port));
        await using var lisa = await SignInAsync(new Member("Lisa", () => server.Port));

        await Task.WhenAll(VanishAsync("Keeps", CallbackReply.KeepAlive, jo, jo), VanishAsync("Closes", CallbackReply.Successful, lisa, jo));

        async Task VanishAsync(string name, CallbackReply reply, Member writer, Member watcher)
        {
            Member kari = null!;
            await using var wire = Wire.To(() => kari.Person.Callback.Port);
            kari = await SignInAsync(new Member(name, () => server.Port) { CallbackAt = wire.Url, Reply = reply });
            Assert.Equal(207, (await watcher.Watches(kari))?.Status);
            Assert.Equal(200, (await writer.Says(kari, "Are you there?"))?.Status);

            await wire.VanishAsync();
            var began = Stopwatch.GetTimestamp();
            var answer = await writer.Says(kari, "And now?");
            var answered = Stopwatch.GetElapsedTime(began);
            await Deadline.Until(() => watcher.PictureOf(kari) == "offline", "offline", () => watcher.PictureOf(kari) ?? "nothing", SeenWithin);

            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name}: the sender knew after {answered.TotalSeconds:0.0} s, contacts after {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s"));
            Assert.Equal(412, answer?.Status);
            await kari.DisposeAsync();
        }
    }

    private static async Task<Member> SignInAsync(Member person)
    {
        Assert.Equal(200, (await person.SignsIn())?.Status);
        Assert.Equal(207, (await person.SetsState("online"))?.Status);
        return person;
    }
}
