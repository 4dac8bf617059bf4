namespace Rvp.Testing;

/// <summary>Waits for what must happen; when it does not, says what did.</summary>
internal static class Deadline
{
    /// <summary>Long enough for a machine under load: a test that passes never waits it out.</summary>
    public static readonly TimeSpan Default = TimeSpan.FromSeconds(10);

    /// <summary>Waits for a task.</summary>
    /// <param name="task">What is waited for.</param>
    /// <param name="expected">What it stands for, in words.</param>
    /// <param name="arrived">What did arrive; asked only on failure.</param>
    /// <param name="within">10 s when left out.</param>
    public static async Task<T> For<T>(Task<T> task, string expected, Func<string> arrived, TimeSpan? within = null)
    {
        var limit = within ?? Default;
        try
        {
            return await task.WaitAsync(limit);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            throw Missed(expected, arrived, limit);
        }
    }

    /// <summary>Waits for a task.</summary>
    public static async Task For(Task task, string expected, Func<string> arrived, TimeSpan? within = null)
    {
        var limit = within ?? Default;
        try
        {
            await task.WaitAsync(limit);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            throw Missed(expected, arrived, limit);
        }
    }

    /// <summary>Waits until a condition holds; looks again every few milliseconds.</summary>
    /// <param name="condition">What must come true.</param>
    /// <param name="expected">The same in words.</param>
    /// <param name="arrived">What did arrive; asked only on failure.</param>
    /// <param name="within">10 s when left out.</param>
    public static async Task Until(Func<bool> condition, string expected, Func<string> arrived, TimeSpan? within = null)
    {
        var limit = within ?? Default;
        var began = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(began) > limit) throw Missed(expected, arrived, limit);
            await Task.Delay(5);
        }
    }

    /// <summary>Waits until a condition holds that takes a while to look at.</summary>
    public static async Task Until(Func<Task<bool>> condition, string expected, Func<string> arrived, TimeSpan? within = null)
    {
        var limit = within ?? Default;
        var began = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(began) > limit) throw Missed(expected, arrived, limit);
            await Task.Delay(5);
        }
    }

    private static TimeoutException Missed(string expected, Func<string> arrived, TimeSpan limit) =>
        new($"Expected within {limit.TotalSeconds:0.#} s: {expected}.{Environment.NewLine}Arrived: {arrived()}");
}
