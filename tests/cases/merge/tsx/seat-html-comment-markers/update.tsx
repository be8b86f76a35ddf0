<!-- ... header and rows unchanged ... -->
        <button className="primary" disabled={chosen.length === 0}>
          Book {chosen.length}
        </button>
      </footer>
