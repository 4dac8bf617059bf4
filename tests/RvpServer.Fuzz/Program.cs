using RvpServer.Fuzz;
using RvpServer.Fuzz.Stateful;
using SharpFuzz;

// What tests/fuzz calls. As a test project, this program is run by the test host instead.
string[] fuzzed = ["Rvp.Protocol.dll", "Rvp.Ldap.dll", "Rvp.Client.dll", "rvpserver.dll", "DnsClient.dll"];

switch (args)
{
    case ["list"]:
        foreach (var name in FuzzTarget.All.Keys) Console.WriteLine(name);
        return 0;
    case ["instrument", var folder]:
        foreach (var file in fuzzed) Fuzzer.Instrument(Path.Combine(folder, file), _ => true, Options.Value);
        return 0;
    case ["export", var name, var folder]:
        Directory.CreateDirectory(folder);
        foreach (var (input, index) in CorpusFile.Load(FuzzTarget.All[name]).Select((input, index) => (input, index)))
            File.WriteAllBytes(Path.Combine(folder, $"kept-{index}"), input);
        return 0;
    case ["dictionary", var name]:
        foreach (var token in FuzzTarget.All[name].Tokens) Console.WriteLine($"\"{Quoted(token)}\"");
        return 0;
    case ["keep", var name, var folder]:
        Console.WriteLine($"{CorpusFile.Keep(FuzzTarget.All[name], Directory.EnumerateFiles(folder).Select(File.ReadAllBytes))} inputs are kept for {name}");
        return 0;
    case ["read", var name]:
        // Nothing that counts its branches may run before there is something to count in.
        Fuzzer.LibFuzzer.Run(input => FuzzTarget.All[name].Read(input.ToArray()));
        return 0;
    case ["replay", var name, .. var files]:
        foreach (var file in files) BoundedRun.Of(FuzzTarget.All[name], File.ReadAllBytes(file));
        return 0;
    case ["stateful", var seed, var seconds]:
        Console.WriteLine($"seed {seed}");
        Console.WriteLine(await StatefulRun.RunAsync(int.Parse(seed), TimeSpan.FromSeconds(int.Parse(seconds))));
        return 0;
    default:
        Console.Error.WriteLine("list | instrument FOLDER | export TARGET FOLDER | dictionary TARGET | read TARGET | replay TARGET FILE... | "
            + "keep TARGET FOLDER | stateful SEED SECONDS");
        return 2;
}

static string Quoted(string token) =>
    string.Concat(CorpusFile.Read(token).Select(b => b is (byte)'"' or (byte)'\\' or < 0x20 or > 0x7E ? $"\\x{b:X2}" : ((char)b).ToString()));
