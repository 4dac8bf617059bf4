namespace RvpServer.Fuzz.Stateful;

internal static class StatefulRun
{
    public static Task RunAsync(int seed, int steps, Action<string> say)
    {
        say($"{seed} {steps}");
        return Task.CompletedTask;
    }
}
