using RvpServer.Bench;

// What the arguments leave out; every run is bounded in requests and in time.
using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(15));
var rest = args.Skip(1).ToArray();
switch (args.FirstOrDefault())
{
    case "relay":
        await RelayBenchmark.RunAsync(messages: Number(0, 20_000), rounds: Number(1, 9), patience.Token);
        return 0;
    case "referral":
        await ReferralBenchmark.RunAsync(referrals: Number(0, 40_000), rounds: Number(1, 9), patience.Token);
        return 0;
    case "proxy":
        await ProxyBenchmark.RunAsync(messages: Number(0, 20_000), rounds: Number(1, 9), patience.Token);
        return 0;
    case "signin":
        await SignInBenchmark.RunAsync(signIns: Number(0, 320), rounds: Number(1, 7), patience.Token);
        return 0;
    case "memory":
        await MemoryBenchmark.RunAsync(accounts: Number(0, 5_000), patience.Token);
        return 0;
    case "longpoll":
        await LongPollBenchmark.RunAsync(polls: Number(0, 10_000), patience.Token);
        return 0;
    case "fanout":
        FanoutBenchmark.Run(watchers: Number(0, 1_000), changes: Number(1, 500));
        return 0;
    case "directory":
        await DirectoryBenchmark.RunAsync(accounts: Number(0, 100_000), patience.Token);
        return 0;
    case ChildServer.Rvp:
        await RvpChild.RunAsync(rest, patience.Token);
        return 0;
    case ChildServer.Yarp:
        await YarpChild.RunAsync(rest, patience.Token);
        return 0;
    case ChildServer.Redirect:
        await RedirectChild.RunAsync(rest, patience.Token);
        return 0;
    default:
        Console.Error.WriteLine("relay [MESSAGES] [ROUNDS] | referral [REFERRALS] [ROUNDS] | proxy [MESSAGES] [ROUNDS] | signin [SIGNINS] [ROUNDS] | "
            + "memory [ACCOUNTS] | longpoll [POLLS] | directory [ACCOUNTS] | fanout [WATCHERS] [CHANGES]");
        return 2;
}

int Number(int index, int otherwise) =>
    index >= rest.Length ? otherwise
    : int.TryParse(rest[index], out var number) && number is > 0 and <= 1_000_000 ? number
    : throw new ArgumentException($"{rest[index]} is no number from 1 to 1000000.");
