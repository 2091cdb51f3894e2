using System.Collections.Concurrent;
using System.Reflection;
using Xunit;
using Xunit.v3;

namespace KubeFed.TestSupport.Running;

/// <summary>
/// Has every test that takes long say so in its output, again and again. The runner that reads the messages of a test process gives up on the last of them,
/// and takes the end of the process for a crash, when it has heard nothing for a minute before that end.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class SaysThatItRunsAttribute : BeforeAfterTestAttribute
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<string, Running> _running = new(StringComparer.Ordinal);

    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        ArgumentNullException.ThrowIfNull(test);
        if (TestContext.Current.TestOutputHelper is { } output)
        {
            _running[test.UniqueID] = new Running(output);
        }
    }

    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        ArgumentNullException.ThrowIfNull(test);
        if (_running.TryRemove(test.UniqueID, out var running))
        {
            running.Dispose();
        }
    }

    private sealed class Running : IDisposable
    {
        private readonly Lock _gate = new();
        private readonly ITestOutputHelper _output;
        private readonly Timer _timer;
        private bool _ended;

        public Running(ITestOutputHelper output)
        {
            _output = output;
            _timer = new Timer(_ => Say(), null, Period, Period);
        }

        /// <summary>Afterwards nothing is written: output of a test that has ended is refused.</summary>
        public void Dispose()
        {
            lock (_gate)
            {
                _ended = true;
            }

            _timer.Dispose();
        }

        private void Say()
        {
            lock (_gate)
            {
                if (!_ended)
                {
                    _output.WriteLine("still running");
                }
            }
        }
    }
}
