namespace KubeFed.Kubernetes.Objects;

/// <summary>A recursive-descent reader of the text form of label selectors.</summary>
internal sealed class LabelSelectorParser(string text)
{
    private const string Special = "=!(),><";
    private int _at;

    public List<LabelRequirement> Parse()
    {
        var requirements = new List<LabelRequirement>();
        SkipBlanks();
        if (_at == text.Length)
        {
            return requirements;
        }

        while (true)
        {
            requirements.Add(Requirement());
            SkipBlanks();
            if (_at == text.Length)
            {
                return requirements;
            }

            Expect(',', "',' or the end");
            SkipBlanks();
        }
    }

    private LabelRequirement Requirement()
    {
        SkipBlanks();
        if (Take('!'))
        {
            SkipBlanks();
            return new LabelRequirement(Key(), LabelOperator.DoesNotExist, []);
        }

        var key = Key();
        SkipBlanks();
        if (_at == text.Length || text[_at] == ',')
        {
            return new LabelRequirement(key, LabelOperator.Exists, []);
        }

        switch (Operator())
        {
            case LabelOperator.In:
                return new LabelRequirement(key, LabelOperator.In, Set());
            case LabelOperator.NotIn:
                return new LabelRequirement(key, LabelOperator.NotIn, Set());
            case LabelOperator.GreaterThan:
                return new LabelRequirement(key, LabelOperator.GreaterThan, [Number(">")]);
            case LabelOperator.LessThan:
                return new LabelRequirement(key, LabelOperator.LessThan, [Number("<")]);
            case var exact:
                return new LabelRequirement(key, exact, [Value()]);
        }
    }

    private LabelOperator Operator()
    {
        if (Take('='))
        {
            Take('=');
            return LabelOperator.Equal;
        }

        if (Take('!'))
        {
            Expect('=', "'=' after '!'");
            return LabelOperator.NotEqual;
        }

        if (Take('>'))
        {
            return LabelOperator.GreaterThan;
        }

        if (Take('<'))
        {
            return LabelOperator.LessThan;
        }

        var start = _at;
        return Word() switch
        {
            "in" => LabelOperator.In,
            "notin" => LabelOperator.NotIn,
            _ => throw Error(start, "one of in, notin, =, ==, !=, >, <"),
        };
    }

    private List<string> Set()
    {
        SkipBlanks();
        if (!Take('('))
        {
            var start = _at;
            throw Error(start, "'('", $"found '{Word()}' expected: '('");
        }

        var values = new SortedSet<string>(StringComparer.Ordinal);
        while (true)
        {
            values.Add(Value());
            SkipBlanks();
            if (Take(')'))
            {
                return [.. values];
            }

            Expect(',', "',' or ')'");
        }
    }

    private string Key()
    {
        var start = _at;
        var key = Word();
        if (key.Length == 0)
        {
            throw Error(start, "a label key");
        }

        return LabelSyntax.CheckKey(key) is [var error, ..] ? throw Error(start, $"a label key: \"{key}\": {error}", $"invalid label key \"{key}\": {error}") : key;
    }

    private string Value()
    {
        SkipBlanks();
        var start = _at;
        var value = Word();
        return LabelSyntax.CheckValue(value) is [var error, ..] ? throw Error(start, $"a label value: \"{value}\": {error}") : value;
    }

    private string Number(string comparison)
    {
        SkipBlanks();
        var start = _at;
        var value = Value();
        return LabelRequirement.Number(value) is null ? throw Error(start, $"an integer after '{comparison}'", "for 'Gt', 'Lt' operators, the value must be an integer") : value;
    }

    private string Word()
    {
        var start = _at;
        while (_at < text.Length && !IsBlank(text[_at]) && !Special.Contains(text[_at], StringComparison.Ordinal))
        {
            _at++;
        }

        return text[start.._at];
    }

    private bool Take(char wanted)
    {
        if (_at == text.Length || text[_at] != wanted)
        {
            return false;
        }

        _at++;
        return true;
    }

    private void Expect(char wanted, string description)
    {
        if (!Take(wanted))
        {
            throw Error(_at, description);
        }
    }

    private void SkipBlanks()
    {
        while (_at < text.Length && IsBlank(text[_at]))
        {
            _at++;
        }
    }

    private static bool IsBlank(char c) => c is ' ' or '\t' or '\r' or '\n';

    /// <param name="at">Where reading stopped.</param>
    /// <param name="expected">What would have been right there.</param>
    /// <param name="serverText">What an API server says of it, where that is known.</param>
    private SelectorException Error(int at, string expected, string? serverText = null)
    {
        var found = at < text.Length ? $"'{text[at..Math.Min(at + 20, text.Length)]}'" : "the end";
        var message = $"The label selector \"{text}\" can't be read: at position {at} found {found}, expected {expected}.";
        return new SelectorException(message)
        {
            Errors = [serverText is null ? message : "unable to parse requirement: " + serverText],
            Remedy = "Write it like: app=web,tier in (front,back),!legacy",
        };
    }
}
